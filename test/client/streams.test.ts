/** Streams that are followed: what cuts them, and where they go on. */
import assert from 'node:assert/strict';
import { afterEach, describe, mock, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { Headway, type Job } from '../../src/client/index.ts';
import { FakeService, refusal, soon } from './fake-service.ts';

describe('streams', () => {
  afterEach(() => {
    mock.timers.reset();
    mock.reset();
  });

  function open(service: FakeService): Headway {
    return new Headway({ url: 'http://headway.test/', apiKey: 'hw_key', fetch: service.fetch });
  }

  const STREAM = { 'Content-Type': 'text/event-stream' };

  /** A stream that sends these pieces and then, unless it stays open, ends. */
  function stream(pieces: readonly string[], stays = false): Response {
    const bytes = pieces.map((piece) => new TextEncoder().encode(piece));
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        const next = bytes.shift();
        if (next !== undefined) controller.enqueue(next);
        else if (!stays) controller.close();
        return next === undefined && stays ? new Promise<void>(() => {}) : undefined;
      },
    });
    return new Response(body, { headers: STREAM });
  }

  test('a stream that is cut anywhere goes on by its last id, and ends by itself', async () => {
    mock.timers.enable({ apis: ['setTimeout', 'Date'] });
    const job = (revision: number) => ({
      revision,
      processed_items: revision,
      stage: null,
      last_message: null,
      metadata: {},
      errors: [],
      warnings: [],
    });
    const frame = (event: string, id: number, data: object) =>
      `event: ${event}\r\nid: ${id}\r\ndata: ${JSON.stringify(data)}\r\n\r\n`;
    const whole = frame('update', 2, {
      revision: 2,
      job: { revision: 2, processed_items: 2, stage: 'é', last_message: null },
      entries: [],
    });
    const lines = [
      ...frame('snapshot', 1, { revision: 1, job: job(1) }),
      ...whole,
      'event: update\nid: 3\ndata: {"cut',
    ];
    const answers = [
      stream(lines),
      refusal(502, 'unexpected'),
      stream(['\n', whole.replaceAll('2', '4'), 'event: end\ndata: {}\n\n'], true),
    ];
    const service = new FakeService(() => answers.shift() ?? new Response(null, { status: 204 }));
    const told: Job[] = [];
    await soon(
      (async () => {
        for await (const state of open(service).watch('j')) told.push(state);
      })(),
    );
    assert.deepEqual(
      told.map(({ revision }) => revision),
      [1, 2, 4],
    );
    assert.deepEqual([told[1]?.metadata, told[1]?.stage], [{ stage: 'é' }, 'é']);
    assert.deepEqual(
      service.asked.map(({ headers }) => headers.get('Last-Event-ID')),
      [null, '2', '2'],
    );
  });

  test('once a stream has come, what answers in its place is a break like any other', async () => {
    mock.timers.enable({ apis: ['setTimeout', 'Date'] });
    const answers = [
      stream(['id: c1\ndata: {"id":"one"}\n\n']),
      new Response('<h1>Not here</h1>', { status: 404 }),
      new Response('<h1>Hello</h1>', { headers: { 'Content-Type': 'text/html' } }),
      stream(['id: c2\ndata: {"id":"two"}\n\n']),
    ];
    const service = new FakeService(() => answers.shift() ?? new Response(null, { status: 204 }));
    const cursors: string[] = [];
    await soon(
      (async () => {
        for await (const { cursor } of open(service).events()) cursors.push(cursor);
      })(),
    );
    assert.deepEqual(cursors, ['c1', 'c2']);
    assert.deepEqual(
      service.asked.map(({ headers }) => headers.get('Last-Event-ID')),
      [null, 'c1', 'c1', 'c1', 'c2'],
    );
  });

  test('a stream that is refused for now is opened again when the service says', async () => {
    mock.timers.enable({ apis: ['setTimeout', 'Date'] });
    mock.method(Math, 'random', () => 0);
    const answers = [
      refusal(429, 'rate_limited', {}, { 'Retry-After': '7' }),
      refusal(503, 'overloaded', {}, { 'Retry-After': '20' }),
    ];
    const times: number[] = [];
    const service = new FakeService(() => {
      times.push(Date.now() / 1_000);
      return answers.shift() ?? new Response(null, { status: 204 });
    });
    await soon(open(service).watch('j').next());
    assert.deepEqual(times, [0, 7, 27]);
  });

  test('the feed from now on begins behind `now`, and after a break where it was', async () => {
    mock.timers.enable({ apis: ['setTimeout', 'Date'] });
    const told: boolean[] = [];
    const answers = [stream(['id: c1\n\n', 'id: c2\ndata: {"id":"e"}\n\n'])];
    const service = new FakeService(() => answers.shift() ?? new Response(null, { status: 204 }));
    const cursors: string[] = [];
    await soon(
      (async () => {
        const events = open(service).events({ after: 'now', told: (connected) => told.push(connected) });
        for await (const { cursor } of events) cursors.push(cursor);
      })(),
    );
    assert.deepEqual([cursors, told], [['c2'], [true, false]]);
    assert.deepEqual(
      service.asked.map(({ query, headers }) => [query.get('after'), headers.get('Last-Event-ID')]),
      [
        ['now', null],
        ['now', 'c2'],
      ],
    );
  });

  test('a stream that falls silent for 40 s is opened again; one that is refused is an error', async () => {
    mock.timers.enable({ apis: ['setTimeout', 'Date'] });
    const answers = [stream([': \n\n'], true)];
    const service = new FakeService(() => answers.shift() ?? new Response(null, { status: 204 }));
    // A body of a test’s own is not torn by the signal: what reads it is.
    const tears: typeof fetch = async (input, init) => {
      const response = await service.fetch(input, init);
      if (response.body === null) return response;
      const [torn] = [
        response.body.pipeThrough(new TransformStream(), { signal: init?.signal as AbortSignal }),
      ];
      return new Response(torn, response);
    };
    const headway = new Headway({ url: 'http://headway.test', apiKey: 'k', fetch: tears });
    await soon(headway.watch('j').next());
    assert.equal(service.asked.length, 2);
    assert.ok(Date.now() >= 40_000);
    const refused = new FakeService(() => refusal(404, 'job_not_found'));
    await assert.rejects(open(refused).watch('j').next(), { code: 'job_not_found' });
    const page = new FakeService(() => new Response('hello', { headers: { 'Content-Type': 'text/html' } }));
    await assert.rejects(open(page).watch('j').next(), { code: 'unexpected', status: 200 });
  });

  test('a browser that is online again comes back at once', async (t) => {
    mock.timers.enable({ apis: ['setTimeout', 'Date'] });
    const page = new EventTarget();
    const added = ['addEventListener', 'removeEventListener'] as const;
    for (const name of added) Object.assign(globalThis, { [name]: page[name].bind(page) });
    t.after(() => {
      for (const name of added) Reflect.deleteProperty(globalThis, name);
    });
    const answers: (Response | Error)[] = [new TypeError('fetch failed')];
    const service = new FakeService(() => answers.shift() ?? new Response(null, { status: 204 }));
    const told = open(service).watch('j').next();
    for (let i = 0; i < 10; i++) await turn();
    assert.equal(service.asked.length, 1);
    page.dispatchEvent(new Event('online'));
    assert.equal((await told).done, true);
    assert.equal(service.asked.length, 2);
  });
});
