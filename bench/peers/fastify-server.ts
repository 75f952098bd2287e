/** The routes of the two peers on Fastify: validated by schema, one key, one process. */
import fastify from 'fastify';
import type { JobBody, Report } from './job-body.ts';
import { newBody } from './job-body.ts';

/** Where a peer keeps its jobs. What it answers is the job as JSON; null where there is none. */
export interface Jobs {
  create(body: JobBody): Promise<object>;
  /** Applies reports in order and answers once all of them are durable. */
  report(jobId: string, reports: readonly Report[]): Promise<object | null>;
  get(jobId: string): Promise<object | null>;
  /** The newest first. */
  list(limit: number): Promise<object[]>;
}

const counter = { type: 'integer', minimum: 0 };
const issue = {
  type: 'object',
  required: ['entity_key', 'error_type', 'message'],
  additionalProperties: false,
  properties: {
    entity_type: { type: 'string', maxLength: 200 },
    entity_key: { type: 'string', maxLength: 512 },
    error_type: { type: 'string', maxLength: 200 },
    message: { type: 'string' },
    details: { type: 'object' },
    step: { type: 'string', maxLength: 200 },
  },
};
const report = {
  type: 'object',
  additionalProperties: false,
  properties: {
    mark_started: { type: 'boolean' },
    mark_completed: { type: 'boolean' },
    total_items: counter,
    processed_items: counter,
    stage: { type: 'string', maxLength: 200 },
    message: { type: 'string' },
    error: issue,
  },
};
const batch = {
  type: 'object',
  required: ['reports'],
  properties: { reports: { type: 'array', minItems: 1, maxItems: 1_000, items: report } },
};
const creation = {
  type: 'object',
  required: ['job_type', 'total_items'],
  additionalProperties: false,
  properties: {
    job_type: { type: 'string', minLength: 1, maxLength: 100 },
    total_items: counter,
    triggered_by: { type: 'string', maxLength: 200 },
    metadata: { type: 'object' },
  },
};

/** Serves `jobs` on a free port of loopback, and says which. */
export async function serveJobs(jobs: Jobs): Promise<void> {
  const app = fastify({ bodyLimit: 1_048_576 });
  const credential = `Bearer ${process.env.API_KEY}`;
  app.addHook('onRequest', async (request, reply) => {
    if (request.headers.authorization !== credential) {
      await reply.code(401).send({ code: 'unauthenticated' });
    }
  });

  app.post<{ Body: Parameters<typeof newBody>[0] }>(
    '/api/jobs/',
    { schema: { body: creation } },
    async (request, reply) => {
      reply.code(201);
      return jobs.create(newBody(request.body));
    },
  );
  app.post<{ Params: { id: string }; Body: Report }>(
    '/api/jobs/:id/progress',
    { schema: { body: report } },
    async (request, reply) =>
      (await jobs.report(request.params.id, [request.body])) ?? reply.code(404).send({}),
  );
  app.post<{ Params: { id: string }; Body: { reports: Report[] } }>(
    '/api/jobs/:id/progress/batch',
    { schema: { body: batch } },
    async (request, reply) => {
      const job = await jobs.report(request.params.id, request.body.reports);
      return job === null ? reply.code(404).send({}) : { job };
    },
  );
  app.get<{ Params: { id: string } }>(
    '/api/jobs/:id',
    async (request, reply) => (await jobs.get(request.params.id)) ?? reply.code(404).send({}),
  );
  app.get('/api/jobs/', async () => ({ jobs: await jobs.list(50) }));

  const address = await app.listen({ host: '127.0.0.1', port: 0 });
  console.log(`listening on ${new URL(address).port}`);
}
