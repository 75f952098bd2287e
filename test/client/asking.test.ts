/** Asking the service: what is tried again, what is refused, what is read. */
import assert from 'node:assert/strict';
import { afterEach, describe, mock, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';
import { Headway, HeadwayError, type Trouble, verifyWebhook } from '../../src/client/index.ts';
import { shorten } from '../../src/client/shorten.ts';
import { shorten as kept } from '../../src/domain/base/text.ts';
import { FakeService, json, refusal, soon, takes } from './fake-service.ts';

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
      new Response('<h1>Timed out</h1>', { status: 522 }),
    ];
    const service = new FakeService(() => answers.shift() ?? json({ job_id: 'j' }, 201));
    assert.equal((await soon(open(service).enqueue({ job_type: 'import', total_items: 1 }))).job_id, 'j');
    assert.equal(service.asked.length, 6);
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

  test('a key that can be none is refused before anything is asked, and not shown', async () => {
    const service = new FakeService(() => json({ job_id: 'j' }));
    const options = { url: 'http://headway.test', fetch: service.fetch };
    for (const apiKey of ['hw_one\nhw_two', 'hw_one two', 'hw_€']) {
      assert.throws(
        () => new Headway({ ...options, apiKey }),
        (error) =>
          error instanceof HeadwayError && error.code === 'unauthenticated' && !/hw_/.test(error.message),
      );
    }
    await new Headway({ ...options, apiKey: ' hw_key\r\n' }).get('j');
    assert.equal(service.last.headers.get('Authorization'), 'Bearer hw_key');
  });

  test('what a try has removed whose answer was lost is removed; what never was there is not', async () => {
    mock.timers.enable({ apis: ['setTimeout', 'Date'] });
    const answers = [new TypeError('fetch failed'), refusal(404, 'job_not_found')];
    const lost = new FakeService(() => answers.shift() ?? refusal(500, 'internal'));
    assert.equal(await soon(open(lost).delete('j')), null);
    const none = new FakeService(() => refusal(404, 'job_not_found'));
    await assert.rejects(soon(open(none).delete('j')), { code: 'job_not_found' });
    // Whoever was told to come again had removed nothing.
    for (const status of [429, 503]) {
      const turns = [refusal(status, 'overloaded')];
      const busy = new FakeService(() => turns.shift() ?? refusal(404, 'job_not_found'));
      await assert.rejects(soon(open(busy).delete('j')), { code: 'job_not_found' });
    }
    const pages = [new TypeError('fetch failed')];
    const page = new FakeService(() => pages.shift() ?? new Response('<h1>Not here</h1>', { status: 404 }));
    await assert.rejects(soon(open(page).delete('j')), { code: 'unexpected', status: 404 });
  });

  test('a time that is longer than a timer can wait, or endless, is no short one', async () => {
    const slow: typeof fetch = async (input, init) => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      init?.signal?.throwIfAborted();
      return service.fetch(input, init);
    };
    const service = new FakeService((asked) =>
      asked.method === 'GET' ? json({ job_id: 'j' }) : takes(asked),
    );
    const troubles: Trouble[] = [];
    const endless = Number.POSITIVE_INFINITY;
    const headway = new Headway({
      ...{ url: 'http://headway.test', apiKey: 'k', fetch: slow },
      ...{ tryMs: endless, totalMs: 2_000, patienceMs: 2 ** 31, quietAfterMs: endless },
      onTrouble: (trouble) => troubles.push(trouble),
    });
    assert.equal((await headway.get('j')).job_id, 'j');
    const job = headway.attach('j');
    job.report({ processed_delta: 1 });
    await job.leave();
    assert.deepEqual([service.asked.length, troubles], [2, []]);
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
