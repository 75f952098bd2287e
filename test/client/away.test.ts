/** A worker that begins while the service is away. */
import assert from 'node:assert/strict';
import { afterEach, mock, test } from 'node:test';
import { Headway, type HeadwayError, type Trouble } from '../../src/client/index.ts';
import { control, FakeService, json, pass, refusal, takes } from './fake-service.ts';

afterEach(() => {
  mock.reset();
  mock.timers.reset();
});

const page = (status: number) => new Response('<h1>Not here</h1>', { status });

/** What comes in place of an answer. */
const NO_ANSWERS = {
  'is away': () => new TypeError('fetch failed'),
  'is hidden by a 404 of its proxy': () => page(404),
  'is hidden by a 522 of its proxy': () => page(522),
  'is hidden by a page of its proxy': () => page(200),
  'is hidden by JSON of its proxy': () => Response.json({ code: 404, message: 'no route' }, { status: 404 }),
  'refuses a suspended organization': () => refusal(403, 'organization_suspended'),
};
for (const [what, noAnswer] of Object.entries(NO_ANSWERS)) {
  test(`run goes on while the service ${what}, and creates one job when it is back`, () =>
    ranWithout(noAnswer));
}

async function ranWithout(noAnswer: () => Response | Error): Promise<void> {
  mock.timers.enable({ apis: ['setTimeout', 'Date'], now: Date.UTC(2026, 10, 22) });
  mock.method(Math, 'random', () => 1);
  const service = new FakeService(noAnswer);
  const headway = new Headway({ url: 'http://headway.test', apiKey: 'key', fetch: service.fetch });
  let done = 0;
  const ran = headway.run({ job_type: 'import', total_items: 3 }, async (running) => {
    for await (const n of running.track([1, 2, 3])) done += n;
    assert.equal(running.id, null);
    return 'all';
  });
  for (let i = 0; i < 4; i++) await pass(5_000);
  assert.equal(done, 6);
  service.answerBy((asked) =>
    asked.path === '/api/jobs/' ? json({ job_id: 'made', control: control() }, 201) : takes(asked),
  );
  for (let i = 0; i < 4; i++) await pass(30_000);
  assert.equal(await ran, 'all');
  const keys = service.asked
    .filter(({ path }) => path === '/api/jobs/')
    .map(({ headers }) => headers.get('Idempotency-Key'));
  assert.equal(new Set(keys).size, 1);
  const last = service.asked
    .filter(({ path }) => path === '/api/jobs/made/progress/batch')
    .flatMap(({ body }) => body.reports);
  assert.deepEqual(
    last.map(
      ({ mark_started, processed_delta, mark_completed }) =>
        mark_started ?? processed_delta ?? mark_completed,
    ),
    [true, 3, true],
  );
}

test('what answers the creation in place of the service is told, and asked again by the same key', async () => {
  mock.timers.enable({ apis: ['setTimeout', 'Date'], now: Date.UTC(2026, 10, 22) });
  const answers = [page(404), page(522), page(200), new Response(null, { status: 204 }), json({ ok: true })];
  const service = new FakeService(() => answers.shift() ?? json({ job_id: 'made', control: control() }, 201));
  const headway = new Headway({ url: 'http://headway.test', apiKey: 'key', fetch: service.fetch });
  const missed: string[] = [];
  const job = headway.begin({ job_type: 'import', total_items: 0 }, ({ message }) => missed.push(message));
  for (let i = 0; i < 8; i++) await pass(30_000);
  assert.equal(await job.created, 'made');
  assert.equal(new Set(service.asked.map(({ headers }) => headers.get('Idempotency-Key'))).size, 1);
  assert.deepEqual(missed, [
    ...[404, 522, 200].map((status) => `${status} <h1>Not here</h1>`),
    ...Array(2).fill('the answer names no job'),
  ]);
  await job.leave();
});

test('a job that is begun is there to be reported on at once, and tells of each try to make it', async () => {
  mock.timers.enable({ apis: ['setTimeout', 'Date'], now: Date.UTC(2026, 10, 22) });
  mock.method(Math, 'random', () => 1);
  const service = new FakeService(() => new TypeError('fetch failed'));
  const headway = new Headway({ url: 'http://headway.test', apiKey: 'key', fetch: service.fetch });
  const missed: HeadwayError[] = [];
  const job = headway.begin({ job_type: 'import', total_items: 0 }, (error) => missed.push(error));
  job.report({ processed_items: 3 });
  await pass(1_000);
  assert.ok(missed.length > 0 && missed.every(({ passing }) => passing));
  service.answerBy((asked) =>
    asked.path === '/api/jobs/' ? json({ job_id: 'made', control: control() }, 201) : takes(asked),
  );
  for (let i = 0; i < 4; i++) await pass(30_000);
  assert.equal(await job.created, 'made');
  job.complete();
  const left = job.leave();
  await pass(1_000);
  await left;
  const said = service.asked
    .filter(({ path }) => path.endsWith('/batch'))
    .flatMap(({ body }) => body.reports);
  assert.deepEqual([said[0].processed_items, said.at(-1).mark_completed], [3, true]);
});

/** A job that is attached to, whose service is what `service` is, and what it told of trouble. */
function attached(service: FakeService) {
  mock.timers.enable({ apis: ['setTimeout', 'Date'], now: Date.UTC(2026, 10, 22) });
  mock.method(Math, 'random', () => 1);
  const troubles: Trouble[] = [];
  const onTrouble = (trouble: Trouble) => troubles.push(trouble);
  const headway = new Headway({
    ...{ url: 'http://headway.test', apiKey: 'key' },
    ...{ fetch: service.fetch, onTrouble },
  });
  return { job: headway.attach('j'), troubles };
}

test('of an organization that is suspended what was said waits until it is resumed', async () => {
  const suspended = () => refusal(403, 'organization_suspended', {}, { 'Retry-After': '60' });
  const service = new FakeService(suspended);
  const { job, troubles } = attached(service);
  job.report({ processed_delta: 1 });
  job.complete();
  await pass(0);
  await pass(59_000);
  assert.equal(service.asked.length, 1);
  service.answerBy(takes);
  await pass(10_000);
  assert.deepEqual([service.asked.length, troubles, job.reporter.stopped], [2, [], null]);
  assert.deepEqual(service.last.body, service.asked[0]?.body);
});

test('whoever waits for what was said has it tried every two seconds, however long the service has been away', async () => {
  const service = new FakeService(() => new TypeError('fetch failed'));
  const { job } = attached(service);
  job.report({ processed_delta: 1 });
  for (let i = 0; i < 60; i++) await pass(10_000);
  const before = service.asked.length;
  const flushed = job.flush();
  for (let i = 0; i < 20; i++) await pass(1_000);
  const tries = service.asked.length - before;
  assert.ok(tries >= 9 && tries <= 11, `${tries} tries in 20 s`);
  service.answerBy(takes);
  for (let i = 0; i < 5; i++) await pass(1_000);
  await flushed;
});
