/** Asking the service: what is tried again, what is refused, what is read. */
import assert from 'node:assert/strict';
import { afterEach, describe, mock, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import { Headway, HeadwayError, type Job, verifyWebhook } from '../../src/client/index.ts';
import { shorten } from '../../src/client/shorten.ts';
import { shorten as kept } from '../../src/domain/base/text.ts';
import { FakeService, json, refusal, soon } from './fake-service.ts';

describe('asking', () => {
  afterEach(() => {
    mock.timers.reset();
    mock.reset();
  });

  function open(service: FakeService): Headway {
    return new Headway({
      url: 'http://headway.test/',
      apiKey: 'hw_key',
      organization: 'acme',
      fetch: service.fetch,
    });
  }

  test('a refusal is one error: code, status, the request’s id, the fields', async () => {
    const errors = [{ path: 'total_items', message: 'must be at least 0' }];
    const service = new FakeService(() => refusal(422, 'validation_failed', { errors }));
    const error = await open(service)
      .enqueue({ job_type: 'import', total_items: -1 })
      .catch((thrown) => thrown);
    assert.ok(error instanceof HeadwayError);
    const { code, status, requestId, passing } = error;
    assert.deepEqual(
      { code, status, requestId, passing },
      { code: 'validation_failed', status: 422, requestId: 'r1', passing: false },
    );
    assert.deepEqual(error.errors, errors);
    assert.equal(service.asked.length, 1);
    const { headers } = service.last;
    assert.deepEqual(
      ['Authorization', 'X-Organization-ID', 'Content-Type'].map((name) => headers.get(name)),
      ['Bearer hw_key', 'acme', 'application/json'],
    );
  });

  test('what passes is asked again under the same key; a conflict is not', async () => {
    mock.timers.enable({ apis: ['setTimeout', 'Date'] });
    const answers = [
      new TypeError('fetch failed'),
      refusal(503, 'overloaded'),
      refusal(429, 'rate_limited'),
      refusal(500, 'internal'),
    ];
    const service = new FakeService(() => answers.shift() ?? json({ job_id: 'j' }, 201));
    assert.equal((await soon(open(service).enqueue({ job_type: 'import', total_items: 1 }))).job_id, 'j');
    assert.equal(service.asked.length, 5);
    assert.equal(new Set(service.asked.map(({ headers }) => headers.get('Idempotency-Key'))).size, 1);
    const ended = new FakeService(() => refusal(409, 'job_terminal'));
    await assert.rejects(open(ended).cancel('j'), { code: 'job_terminal' });
    assert.equal(ended.asked.length, 1);
  });

  test('a POST without a key is repeated only where it was refused for now', async () => {
    mock.timers.enable({ apis: ['setTimeout', 'Date'] });
    const webhook = { url: 'https://example.com/' };
    const lost = new FakeService(() => new TypeError('fetch failed'));
    await assert.rejects(soon(open(lost).webhooks.create(webhook)), { code: 'network', status: 0 });
    assert.equal(lost.asked.length, 1);
    const answers = [refusal(503, 'overloaded')];
    const busy = new FakeService(() => answers.shift() ?? json({ webhook_id: 'w' }, 201));
    assert.equal((await soon(open(busy).webhooks.create(webhook))).webhook_id, 'w');
  });

  test('a page in place of JSON is an error like any other, and is not asked again', async () => {
    const service = new FakeService(() => new Response('<h1>Sign in</h1>'));
    const error = await open(service)
      .get('j')
      .catch((thrown) => thrown);
    assert.ok(error instanceof HeadwayError);
    assert.deepEqual([error.code, error.status, error.passing], ['unexpected', 200, false]);
    assert.match(error.message, /^200 <h1>Sign in/);
    assert.equal(service.asked.length, 1);
  });

  test('all tries together last a minute at most, and a signal ends them at once', async () => {
    mock.timers.enable({ apis: ['setTimeout', 'Date'] });
    const away = new FakeService(() => new TypeError('fetch failed'));
    await assert.rejects(soon(open(away).get('j')), { code: 'network' });
    assert.ok(away.asked.length > 4 && Date.now() <= 61_000);
    const gone = new AbortController();
    const asked = open(away).get('j', { signal: gone.signal });
    await turn();
    gone.abort(new Error('enough'));
    await assert.rejects(asked, /enough/);
  });

  test('a try that hangs lasts no longer than all may together', async () => {
    mock.timers.enable({ apis: ['setTimeout', 'Date'] });
    const hangs: typeof fetch = (_, init) =>
      new Promise((_, reject) => init?.signal?.addEventListener('abort', () => reject(init.signal?.reason)));
    const headway = new Headway({ url: 'http://headway.test', apiKey: 'k', fetch: hangs, totalMs: 10_000 });
    await assert.rejects(soon(headway.get('j')), { code: 'timeout' });
    assert.ok(Date.now() <= 11_000, `${Date.now()} ms`);
  });

  test('one try that hangs is given up', async () => {
    mock.timers.enable({ apis: ['setTimeout', 'Date'] });
    const service = new FakeService(() => json({ job_id: 'j' }));
    const hangs: typeof fetch = (input, init) => {
      if (service.asked.length > 0) return service.fetch(input, init);
      void service.fetch(input, init);
      return new Promise((_, reject) =>
        init?.signal?.addEventListener('abort', () => reject(init.signal?.reason)),
      );
    };
    const headway = new Headway({ url: 'http://headway.test', apiKey: 'k', fetch: hangs });
    assert.equal((await soon(headway.get('j'))).job_id, 'j');
  });

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

  test('a delivery is verified on its text and typed by its event', async () => {
    const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
    const body = JSON.stringify({
      id: 'j.7.job.completed',
      type: 'job.completed',
      data: { status: 'completed' },
    });
    const at = new Date();
    const headers = {
      'Webhook-Id': 'j.7.job.completed',
      'webhook-timestamp': `${Math.floor(at.getTime() / 1_000)}`,
      'webhook-signature': `v1,AAAA ${new Webhook(secret).sign('j.7.job.completed', at, body)}`,
    };
    const event = await verifyWebhook(body, headers, { secret: [`whsec_${'AAAA'.repeat(8)}`, secret] });
    assert.equal(event.type === 'job.completed' && event.data.status, 'completed');
    await verifyWebhook(body, new Headers(headers), { secret });
    const bad = { code: 'invalid_signature' };
    await assert.rejects(verifyWebhook(`${body} `, headers, { secret }), bad);
    await assert.rejects(verifyWebhook(body, {}, { secret }), bad);
    await assert.rejects(verifyWebhook(body, headers, { secret: 'whsec_!' }), bad);
    const late = { secret, now: at.getTime() + 301_000 };
    await assert.rejects(verifyWebhook(body, headers, late), { code: 'invalid_timestamp' });
  });

  test('a long text is shortened as the service would', () => {
    for (const text of [
      'a'.repeat(4_000),
      'a'.repeat(4_001),
      '\u{1F600}'.repeat(4_000),
      `${'\u{1F600}b'.repeat(9_000)}end`,
    ]) {
      assert.equal(shorten(text), kept(text));
    }
  });
});
