import { expect, it } from 'vitest';
import { secretText, signedHeaders } from '../../../src/domain/webhook/signature';
import { isSigned, type Message } from '../../support/standard-webhooks';

const NOW = Date.UTC(2026, 10, 22, 12, 0, 0, 999);
const secret = (fill: number) => secretText(new Uint8Array(32).fill(fill));
const BODY = '{"id":"a.1.job.created","data":{"name":"Žluťoučký kůň 🐎"}}';

async function signed(secrets = [secret(1)], body = BODY, now = NOW): Promise<Message> {
  return { headers: new Headers(await signedHeaders(secrets, 'a.1.job.created', now, body)), body };
}

it('signs the example of the specification as the specification does', async () => {
  const headers = await signedHeaders(
    ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
    'msg_p5jXN8AQM9LWM0D4loKWxJek',
    1_614_265_330_000,
    '{"test": 2432232314}',
  );
  expect(headers).toEqual({
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  });
});

it('verifies, by each of its secrets and no other', async () => {
  const message = await signed([secret(1), secret(2)]);
  expect(message.headers.get('webhook-signature')?.split(' ')).toHaveLength(2);
  expect(isSigned(secret(1), message, NOW)).toBe(true);
  expect(isSigned(secret(2), message, NOW)).toBe(true);
  expect(isSigned(secret(3), message, NOW)).toBe(false);
});

it('only timestamp and signature change from attempt to attempt', async () => {
  const [first, second] = [await signed(), await signed(undefined, undefined, NOW + 5_000)];
  expect(second.headers.get('webhook-id')).toBe(first.headers.get('webhook-id'));
  expect(second.headers.get('webhook-timestamp')).not.toBe(first.headers.get('webhook-timestamp'));
  expect(isSigned(secret(1), second, NOW + 5_000)).toBe(true);
});

it('any changed bit of the body is refused', async () => {
  const message = await signed();
  const bytes = new TextEncoder().encode(message.body);
  for (let bit = 0; bit < bytes.length * 8; bit += 7) {
    const changed = bytes.slice();
    changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    const body = new TextDecoder('utf-8', { fatal: false, ignoreBOM: true }).decode(changed);
    expect(isSigned(secret(1), { ...message, body }, NOW)).toBe(false);
  }
  for (const body of [`${message.body} `, ` ${message.body}`, message.body.slice(0, -1), '']) {
    expect(isSigned(secret(1), { ...message, body }, NOW)).toBe(false);
  }
});

it.each([
  ['webhook-id', 'a.2.job.created'],
  ['webhook-id', ''],
  ['webhook-timestamp', String(NOW / 1_000 + 1)],
  ['webhook-timestamp', '1'],
  ['webhook-signature', ''],
  ['webhook-signature', 'v1,'],
  ['webhook-signature', `v1,${'A'.repeat(43)}=`],
])('%s as %j is refused', async (name, value) => {
  const { headers, body } = await signed();
  headers.set(name, value);
  expect(isSigned(secret(1), { headers, body }, NOW)).toBe(false);
});

it('an old message is refused, and so is one from the future', async () => {
  const message = await signed();
  for (const [now, ok] of [
    [NOW + 300_000, true],
    [NOW + 301_000, false],
    [NOW - 300_000, true],
    [NOW - 301_000, false],
  ] as const) {
    expect(isSigned(secret(1), message, now)).toBe(ok);
  }
});
