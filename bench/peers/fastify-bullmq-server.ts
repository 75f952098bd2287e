/**
 * Fastify + BullMQ: a job is a job of a queue, a report its progress. BullMQ replaces the progress and does not answer
 * the job, so a report is answered with the progress alone: less than the others answer, and one round trip.
 */
import { type Job, Queue } from 'bullmq';
import { serveJobs } from './fastify-server.ts';
import { answerOf, errorOf, type JobBody, patchOf, type Report } from './job-body.ts';

const queue = new Queue<JobBody>('bench', { connection: { path: process.env.STORE ?? '' } });
await queue.waitUntilReady();

await serveJobs({
  async create(body) {
    await queue.add(body.job_type, body, { jobId: body.job_id });
    return answerOf(body);
  },
  async report(jobId, reports) {
    // In flight together: the connection keeps their order, and Redis syncs its file once for many.
    const progress = await Promise.all(reports.map((report) => update(jobId, report)));
    return { job_id: jobId, ...progress.at(-1) };
  },
  async get(jobId) {
    const job = await queue.getJob(jobId);
    return job === undefined ? null : bodyOf(job);
  },
  async list(limit) {
    return (await queue.getJobs(['waiting'], 0, limit - 1)).map(bodyOf);
  },
});

async function update(jobId: string, report: Report): Promise<object> {
  const error = errorOf(report);
  const progress = patchOf(report);
  await Promise.all([
    error === null ? null : queue.addJobLog(jobId, JSON.stringify(error), 100),
    queue.updateJobProgress(jobId, progress),
  ]);
  return progress;
}

function bodyOf({ data, progress }: Job<JobBody>): object {
  return answerOf({ ...data, ...(progress as Partial<JobBody>) });
}
