/**
 * What a program does with the client, in any runtime: it is given the client's module and imports nothing itself, so that a
 * page, a Worker and a process can run its text.
 */
import type * as client from '../../src/client/page.ts';
import type { overSocket } from '../../src/client/socket-wire.ts';

type Client = Pick<typeof client, 'Headway' | 'HeadwayError' | 'JobCancelled'> & {
  overSocket?: typeof overSocket;
};

/** What comes of it. */
export const FACTS = {
  returned: 'done',
  thrown: 'the disk is full',
  statuses: ['completed_with_warnings', 'failed', 'cancelled', 'completed'],
  told: ['nearly there', 'a line'],
  cancelled: ['JobCancelled', 'wrong file'],
  refused: ['HeadwayError', 'job_not_found', 404],
  watched: [3, 'completed'],
  troubles: [] as string[],
};

/** Runs, fails, is cancelled, watches, and tells what came of it. */
export async function exercise(
  { Headway, HeadwayError, JobCancelled, overSocket }: Client,
  url: string,
  apiKey: string,
): Promise<typeof FACTS> {
  const troubles: string[] = [];
  const onTrouble = ({ kind, message }: client.Trouble) => void troubles.push(`${kind}: ${message}`);
  const headway = new Headway({ url, apiKey, onTrouble });
  const ids: string[] = [];
  const rows = { job_type: 'import', total_items: 3 };
  const nameOf = (thrown: unknown) =>
    thrown instanceof HeadwayError || thrown instanceof JobCancelled ? thrown.name : String(thrown);

  const returned = await headway.run(rows, async (job) => {
    for await (const row of job.track([1, 2, 3])) {
      if (row === 2) job.warn({ entity_type: 'row', entity_key: '2', error_type: 'odd', message: 'is odd' });
    }
    job.report({ stage: 'indexing', message: 'nearly there' });
    job.log('a line');
    await job.flush();
    ids.push(job.id ?? '');
    return 'done';
  });
  const thrown = await headway
    .run(rows, async (job) => {
      await job.flush();
      ids.push(job.id ?? '');
      throw new Error('the disk is full');
    })
    .catch((error: Error) => error.message);

  const { job_id } = await headway.enqueue(rows);
  ids.push(job_id);
  const worker = headway.attach(job_id);
  worker.report({ processed_delta: 1 });
  await worker.flush();
  await headway.cancel(job_id, { reason: 'wrong file' });
  worker.report({ stage: 'after' });
  await worker.flush();
  const { reason } = worker.signal;
  worker.fail(reason);
  await worker.leave();

  // Over the job's socket, where there is one.
  const wired = new Headway({ url, apiKey, onTrouble, wire: overSocket });
  const made = await wired.enqueue(rows);
  ids.push(made.job_id);
  const watched: client.Job[] = [];
  const watching = (async () => {
    for await (const job of wired.watch(made.job_id)) watched.push(job);
  })();
  const job = wired.attach(made.job_id);
  for (let n = 0; n < 3; n++) {
    job.report({ processed_delta: 1 });
    await job.flush();
  }
  job.complete();
  await job.leave();
  await watching;

  const told: string[] = [];
  for await (const { kind, message } of headway.logs(ids[0] ?? '')) if (kind === 'log') told.push(message);
  const refused = await headway.get(`${job_id.slice(0, -4)}0000`).catch((error: unknown) => error);
  const { code, status } = refused as client.HeadwayError;
  const jobs = await Promise.all(ids.map((id) => headway.get(id)));
  const last = watched.at(-1);
  return {
    ...{ returned, thrown, told, troubles },
    statuses: jobs.map((one) => one.status),
    cancelled: [nameOf(reason), (reason as client.JobCancelled).reason ?? ''],
    refused: [nameOf(refused), code, status],
    watched: [last?.processed_items ?? 0, last?.status ?? ''],
  };
}
