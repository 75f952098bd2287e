/** Fastify + PostgreSQL: a job is a row with its body as jsonb, and a report is one update of it. */
import pg from 'pg';
import { serveJobs } from './fastify-server.ts';
import { answerOf, errorOf, type JobBody, patchOf, type Report } from './job-body.ts';
import { CREATE_TABLE, INSERT, UPDATE, UPDATE_WITH_ERROR } from './postgres-job.ts';

const pool = new pg.Pool({ host: process.env.STORE, user: 'bench', database: 'postgres', max: 20 });
await pool.query(CREATE_TABLE);

await serveJobs({
  async create(body) {
    await pool.query({ ...INSERT, values: [body.job_id, body.created_at, body] });
    return answerOf(body);
  },
  async report(jobId, reports) {
    const [only] = reports;
    const row =
      reports.length === 1 && only !== undefined
        ? await update(pool, jobId, only)
        : await inTransaction((client) => updateAll(client, jobId, reports));
    return row === null ? null : answerOf(row);
  },
  async get(jobId) {
    const { rows } = await pool.query<{ body: JobBody }>({
      name: 'get',
      text: 'SELECT body FROM job WHERE job_id = $1',
      values: [jobId],
    });
    return rows[0] === undefined ? null : answerOf(rows[0].body);
  },
  async list(limit) {
    const { rows } = await pool.query<{ body: JobBody }>({
      name: 'list',
      text: `SELECT body - 'errors' - 'warnings' - 'metadata' AS body FROM job
        ORDER BY created_at DESC, job_id DESC LIMIT $1`,
      values: [limit],
    });
    return rows.map(({ body }) => answerOf(body));
  },
});

type Queryable = Pick<pg.ClientBase, 'query'>;

async function update(client: Queryable, jobId: string, report: Report): Promise<JobBody | null> {
  const error = errorOf(report);
  const { rows } = await client.query<{ body: JobBody }>(
    error === null
      ? { ...UPDATE, values: [jobId, patchOf(report)] }
      : { ...UPDATE_WITH_ERROR, values: [jobId, patchOf(report), error] },
  );
  return rows[0]?.body ?? null;
}

async function updateAll(client: Queryable, jobId: string, reports: readonly Report[]) {
  let body: JobBody | null = null;
  for (const report of reports) body = await update(client, jobId, report);
  return body;
}

async function inTransaction<Outcome>(work: (client: Queryable) => Promise<Outcome>): Promise<Outcome> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const outcome = await work(client);
    await client.query('COMMIT');
    return outcome;
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
}
