/** The Fastify + PostgreSQL peer, started. */
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { Child } from '../child.ts';
import { BATCH } from '../measures.ts';
import { newBody, patchOf } from './job-body.ts';
import { newApiKey, type Peer, peerOf, type Reporter } from './peer.ts';
import { startPostgres } from './postgres.ts';
import { INSERT, UPDATE } from './postgres-job.ts';

const SERVER = fileURLToPath(new URL('fastify-postgres-server.ts', import.meta.url));

export async function startFastifyPostgres(folder: string, programs: string): Promise<Peer> {
  const postgres = await startPostgres(programs, folder);
  const apiKey = newApiKey();
  const env = { STORE: folder, API_KEY: apiKey };
  const server = new Child(process.execPath, { args: [SERVER], cwd: folder, env });
  return peerOf('Fastify + PostgreSQL', { server, apiKey }, [postgres], () => openReporter(folder));
}

/** A worker that updates the row itself. */
async function openReporter(store: string): Promise<Reporter> {
  const client = new pg.Client({ host: store, user: 'bench', database: 'postgres' });
  await client.connect();
  const body = { ...newBody({ job_type: 'import', total_items: 1_000_000_000 }), job_id: randomUUID() };
  await client.query({ ...INSERT, values: [body.job_id, body.created_at, body] });
  const report = (n: number) =>
    client.query({ ...UPDATE, values: [body.job_id, patchOf({ processed_items: n })] });
  return {
    way: 'pg, an update at a time',
    report,
    togetherWay: `pg, ${BATCH} updates in a transaction`,
    async together(n) {
      await client.query('BEGIN');
      for (let k = 0; k < BATCH; k++) await report(n + k);
      await client.query('COMMIT');
    },
    close: () => client.end(),
  };
}
