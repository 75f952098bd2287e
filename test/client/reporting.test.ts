/** A worker's reports: when they are sent, what becomes of them where the service is away or refuses. */
import assert from 'node:assert/strict';
import type { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, mock, test } from 'node:test';
import { Headway, HeadwayError, JobCancelled, type Trouble, type WorkerJob } from '../../src/client/index.ts';
import { control, FakeService, json, pass, refusal, takes } from './fake-service.ts';

describe('a worker’s reports', () => {
  let service: FakeService;
  let troubles: Trouble[];
  let job: WorkerJob;
  beforeEach(() => {
    mock.timers.enable({ apis: ['setTimeout', 'Date'], now: Date.UTC(2026, 10, 22) });
    // The longest pause each time: full jitter would make the time of a repeat a guess.
    mock.method(Math, 'random', () => 1);
    troubles = [];
    service = new FakeService(takes);
    job = open().attach('j');
  });
  afterEach(() => {
    job.reporter.close();
    mock.reset();
    mock.timers.reset();
  });

  function open(reporter?: string): Headway {
    const onTrouble = (trouble: Trouble) => troubles.push(trouble);
    return new Headway({
      url: 'http://headway.test',
      apiKey: 'key',
      fetch: service.fetch,
      reporter,
      onTrouble,
    });
  }

  const sent = () => service.asked.map(({ path }) => path.split('/').at(-1));
  const reports = () => service.asked.flatMap(({ body }) => body?.reports ?? []);

  test('what is said in one turn is one report; what follows waits for the pace; a barrier does not', async () => {
    for (let i = 0; i < 1_000; i++) job.report({ processed_delta: 1 });
    await pass(0);
    assert.deepEqual(
      reports().map(({ processed_delta }) => processed_delta),
      [1_000],
    );
    job.report({ processed_delta: 1 });
    await pass(14_900);
    assert.equal(reports().length, 1);
    await pass(100);
    assert.equal(reports().length, 2);
    job.report({ processed_delta: 1 });
    job.report({ stage: 'writing' });
    await pass(0);
    assert.deepEqual(
      reports()
        .slice(2)
        .map(({ processed_delta, stage }) => [processed_delta, stage]),
      [
        [1, undefined],
        [undefined, 'writing'],
      ],
    );
    job.report({ stage: 'writing', processed_delta: 1 });
    await pass(1);
    assert.equal(reports().length, 4);
  });

  test('much waits for no pace', async () => {
    job.log('first');
    await pass(0);
    for (let i = 0; i < 200; i++) job.log('x'.repeat(1_000));
    await pass(0);
    assert.ok(reports().length > 2);
  });

  test('a worker that says nothing shows signs of life for ten minutes, and no longer', async () => {
    job.report({ processed_delta: 1 });
    await pass(0);
    for (let i = 0; i < 100; i++) await pass(15_000);
    const beats = sent().filter((path) => path === 'heartbeat').length;
    assert.equal(beats, 40);
    job.report({ processed_delta: 1 });
    await pass(15_000);
    await pass(15_000);
    assert.deepEqual(sent().slice(41), ['batch', 'heartbeat']);
  });

  test('what was not answered is sent again as it was, under the same numbers, with growing pauses', async () => {
    service.answerBy(() => new TypeError('fetch failed'));
    job.report({ processed_delta: 1 });
    await pass(0);
    job.report({ processed_delta: 2 });
    await pass(1_000);
    await pass(2_000);
    assert.equal(service.asked.length, 3);
    service.answerBy(takes);
    await pass(4_000);
    const [first, ...again] = service.asked.map(({ text }) => text);
    assert.deepEqual(again.slice(0, 3), [first, first, first]);
    const flushed = job.flush();
    await pass(0);
    await flushed;
    const [one, two] = [reports()[0], reports().at(-1)];
    assert.deepEqual([two.processed_delta, two.sequence - one.sequence], [2, 1]);
    assert.deepEqual(
      troubles.map(({ kind }) => kind),
      ['unreachable'],
    );
  });

  test('Retry-After is kept to', async () => {
    service.answerBy(() => refusal(503, 'overloaded', {}, { 'Retry-After': '7' }));
    job.report({ processed_delta: 1 });
    await pass(0);
    await pass(6_900);
    assert.equal(service.asked.length, 1);
    await pass(700);
    assert.equal(service.asked.length, 2);
  });

  test('a refusal for good stops the reporter and not the worker', async () => {
    service.answerBy(() => refusal(401, 'unauthenticated'));
    job.report({ processed_delta: 1 });
    const flushed = job.flush().catch((error) => error);
    await pass(0);
    const error = await flushed;
    assert.ok(error instanceof HeadwayError);
    assert.deepEqual([error.code, error.status, error.requestId], ['unauthenticated', 401, 'r1']);
    job.report({ processed_delta: 1 });
    await pass(600_000);
    assert.equal(service.asked.length, 1);
    assert.deepEqual(
      troubles.map(({ kind }) => kind),
      ['stopped'],
    );
    assert.equal(job.signal.aborted, false);
    await assert.rejects(job.flush(), HeadwayError);
  });

  test('an answer that no Headway gives is no refusal for good', async () => {
    service.answerBy(() => new Response('<h1>Not found</h1>', { status: 404 }));
    job.report({ processed_delta: 1 });
    await pass(0);
    service.answerBy(takes);
    await pass(1_000);
    assert.deepEqual(sent(), ['batch', 'batch']);
  });

  test('of a batch that was refused for one field the rest is sent', async () => {
    const errors = [{ path: 'reports.0.metadata_patch', message: 'is too large' }];
    service.answerBy(() => refusal(413, 'metadata_too_large', { errors }));
    job.report({ processed_delta: 1, metadata_patch: { a: 1 } });
    const flushed = job.flush();
    await pass(0);
    service.answerBy(takes);
    await pass(0);
    await flushed;
    const { processed_delta, metadata_patch } = reports().at(-1);
    assert.deepEqual([processed_delta, metadata_patch], [1, undefined]);
    assert.match(troubles[0]?.message ?? '', /metadata_patch/);
  });

  test('reports that were skipped as stale are told and not sent again, and what follows is above', async () => {
    service.answerBy(() => refusal(409, 'stale_sequence', { last_sequence: 9e15 }));
    job.report({ processed_delta: 1 });
    const flushed = job.flush().catch((error) => error);
    await pass(0);
    assert.equal((await flushed).code, 'stale_sequence');
    service.answerBy(takes);
    job.report({ processed_delta: 2 });
    await pass(15_000);
    assert.deepEqual(
      reports().map(({ processed_delta }) => processed_delta),
      [1, 2],
    );
    assert.ok(reports()[1].sequence > 9e15);
    assert.deepEqual(
      troubles.map(({ kind }) => kind),
      ['stale'],
    );
  });

  test('a repeat of what was stored is no trouble, though its reports are stale but the last', async () => {
    service.answerBy(({ body }) => {
      const verdicts = (body.reports as { sequence: number }[]).map(({ sequence }, index, all) => {
        const reason = index === all.length - 1 ? 'duplicate' : 'stale';
        return { applied: false, revision: 3, reason, last_sequence: sequence };
      });
      return json({ job: {}, verdicts, stale: verdicts.length - 1, applied_revision: 3, control: control() });
    });
    job.report({ stage: 'one' });
    job.report({ stage: 'two' });
    const flushed = job.flush();
    await pass(0);
    await flushed;
    assert.deepEqual(troubles, []);
  });

  test('a job that knows a thousand reporters is sent a key in place of numbers', async () => {
    const errors = [{ path: 'reports.0.reporter', message: 'would be the job’s 1001st within a day' }];
    service.answerBy(() => refusal(422, 'validation_failed', { errors }));
    job.report({ processed_delta: 1 });
    const flushed = job.flush();
    await pass(0);
    service.answerBy(takes);
    await pass(0);
    await flushed;
    const { headers, body } = service.last;
    assert.deepEqual(body.reports, [{ processed_delta: 1 }]);
    assert.match(headers.get('Idempotency-Key') ?? '', /^[ -~]{10,255}$/);
    assert.deepEqual(troubles, []);
  });

  test('a cancellation reaches the worker by whatever is answered, and what it throws acknowledges', async () => {
    const cancel = { reason: 'wrong file', requested_by: 'k1', requested_at: '2026-11-22T00:00:00.000Z' };
    job.report({ processed_delta: 1 });
    await pass(0);
    service.answerBy(() => json({ status: 'cancelled', revision: 3, control: control(15, cancel) }));
    await pass(15_000);
    const { reason } = job.signal;
    assert.ok(reason instanceof JobCancelled);
    assert.deepEqual(
      [reason.reason, reason.by, reason.at.toISOString()],
      ['wrong file', 'k1', cancel.requested_at],
    );
    service.answerBy(takes);
    job.fail(reason);
    await pass(0);
    assert.match(reports().at(-1).mark_failed, /^the job was cancelled by k1: wrong file$/);
  });

  test('nothing is said after the end, and no heartbeat follows it', async () => {
    job.complete({ rows: 3 });
    await pass(0);
    job.report({ processed_delta: 1 });
    await pass(60_000);
    assert.deepEqual(sent(), ['batch']);
    assert.deepEqual(
      troubles.map(({ kind }) => kind),
      ['invalid'],
    );
  });

  test('report never throws, whatever it is given', () => {
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    job.report({ metadata_patch: circle });
    job.report({ result: 10n });
    job.report({ processed_items: Number.NaN });
    job.report(null as never);
    assert.deepEqual(
      troubles.map(({ kind }) => kind),
      ['invalid', 'invalid', 'invalid', 'invalid'],
    );
  });

  test('each job that is worked on has a reporter of its own, and so has the second under a given name', async () => {
    const one = open('import-1');
    const [named, second] = [one.attach('j'), one.attach('j')];
    for (const each of [job, named, second]) {
      each.report({ processed_delta: 1 });
      await pass(0);
      each.reporter.close();
    }
    const names = reports().map(({ reporter }) => reporter);
    assert.equal(new Set(names).size, 3);
    assert.equal(names[1], 'import-1');
  });

  test('what nobody caught and somebody outlives fails no job', async (t) => {
    const outlives = () => {};
    process.on('uncaughtException', outlives);
    t.after(() => process.off('uncaughtException', outlives));
    service.answerBy((asked) =>
      asked.path === '/api/jobs/' ? json({ job_id: 'own', control: control() }, 201) : takes(asked),
    );
    const own = await open().create({ job_type: 'import', total_items: 1 });
    const emitter: EventEmitter = process;
    emitter.emit('uncaughtExceptionMonitor', new Error('the disk is full'), 'uncaughtException');
    own.report({ processed_delta: 1 });
    own.complete({ rows: 1 });
    const left = own.leave();
    await pass(0);
    await left;
    assert.deepEqual([reports().at(-1).result, reports().at(-1).mark_completed], [{ rows: 1 }, true]);
    assert.deepEqual(troubles, []);
  });

  test('leaving waits for the service as long as patience lasts, and tells what is unsent', async () => {
    service.answerBy(() => new TypeError('fetch failed'));
    job.report({ processed_delta: 1 });
    const left = job.leave();
    for (let i = 0; i < 7; i++) await pass(10_000);
    await left;
    assert.ok(troubles.some(({ kind }) => kind === 'unsent'));
  });
});
