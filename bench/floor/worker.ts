/**
 * The floor: the least a Hono route over a Durable Object can do on this runtime. It stores one row and checks
 * nothing, at the paths of the service, so that the same requests can be sent to both.
 */
import { DurableObject } from 'cloudflare:workers';
import { Hono } from 'hono';

interface Env {
  ROW: DurableObjectNamespace<RowDO>;
  WATCHED: DurableObjectNamespace<WatchedRowDO>;
}

/** An object with one table of one row. */
export class RowDO extends DurableObject<Env> {
  #ready = false;

  /** Writes the row, and the table before it where this is the object's first touch. */
  async write(body: string): Promise<string> {
    const { sql } = this.ctx.storage;
    if (!this.#ready) {
      sql.exec('CREATE TABLE IF NOT EXISTS row (id INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT');
      this.#ready = true;
    }
    sql.exec('INSERT INTO row VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body', body);
    return body;
  }

  async read(): Promise<string> {
    return this.ctx.storage.sql.exec<{ body: string }>('SELECT body FROM row').one().body;
  }
}

/** The same, with sockets that are told each row. */
export class WatchedRowDO extends RowDO {
  override async write(body: string): Promise<string> {
    const written = await super.write(body);
    for (const socket of this.ctx.getWebSockets()) socket.send(body);
    return written;
  }

  override async fetch(): Promise<Response> {
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server);
    return new Response(null, { status: 101, webSocket: client });
  }
}

const app = new Hono<{ Bindings: Env }>();
const answer = (body: string) => new Response(body, { headers: { 'Content-Type': 'application/json' } });

app.get('/healthz', (c) => c.json({ status: 'ok' }));

app.post('/api/jobs/', async (c) => {
  const job_id = crypto.randomUUID();
  return answer(await c.env.ROW.getByName(job_id).write(JSON.stringify({ ...(await c.req.json()), job_id })));
});

app.post('/api/jobs/:job_id/progress', async (c) =>
  answer(await c.env.ROW.getByName(c.req.param('job_id')).write(JSON.stringify(await c.req.json()))),
);

app.get('/api/jobs/:job_id', async (c) => answer(await c.env.ROW.getByName(c.req.param('job_id')).read()));

app.post('/watched/:job_id/progress', async (c) =>
  answer(await c.env.WATCHED.getByName(c.req.param('job_id')).write(JSON.stringify(await c.req.json()))),
);

app.get('/watched/:job_id/socket', (c) => c.env.WATCHED.getByName(c.req.param('job_id')).fetch(c.req.raw));

export default app;
