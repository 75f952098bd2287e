import { Webhook as Svix } from 'svix';
import { describe, expect, it } from 'vitest';
import { toVerification } from '../../src/domain/hook/verification';
import { Random } from '../support/random';
import { GITHUB_PUSH, STRIPE_EVENT } from './payloads';
import { github, type Headers, SECRETS, SLACK, slack, standard, stripe } from './senders';
import { type Agreed, NOW, SMALL, T, VERIFIED, verify } from './verify';

interface Sender extends Agreed {
  sign: (raw: string, t?: number) => Headers;
}

const SENDERS = {
  github: { verification: { scheme: 'github' }, secret: SECRETS.github, sign: (raw) => github(raw) },
  stripe: {
    verification: { scheme: 'stripe' },
    secret: SECRETS.stripe,
    // Without the signature of another scheme, whose bits don't count.
    sign: (raw, t = T) => ({
      'Stripe-Signature': stripe(raw, t)['Stripe-Signature']?.split(',v0=')[0] ?? '',
    }),
  },
  standard_webhooks: {
    verification: { scheme: 'standard_webhooks' },
    secret: SECRETS.standard,
    sign: (raw, t = T) => standard(raw, 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W', t),
  },
  hmac: { verification: toVerification(SLACK), secret: SECRETS.slack, sign: (raw, t = T) => slack(raw, t) },
} satisfies Record<string, Sender>;
const TIMED = Object.entries(SENDERS).filter(([name]) => name !== 'github');

function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  const copy = bytes.slice();
  copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return copy;
}

describe.each(Object.entries(SENDERS))('%s', (_, sender) => {
  it('takes what its sender signed', async () => {
    for (const raw of [SMALL, '', JSON.stringify(GITHUB_PUSH), JSON.stringify(STRIPE_EVENT, null, 2)]) {
      expect(await verify(sender, raw, sender.sign(raw))).toMatchObject(VERIFIED);
    }
  });

  it('refuses each flipped bit of the body, and of each header', async () => {
    const headers: Headers = sender.sign(SMALL);
    const body = new TextEncoder().encode(SMALL);
    for (let bit = 0; bit < body.byteLength * 8; bit++) {
      expect(await verify(sender, flipped(body, bit), headers)).toBe('signature_wrong');
    }
    for (const [name, value] of Object.entries(headers)) {
      const bytes = Uint8Array.from(value, (character) => character.charCodeAt(0));
      for (let bit = 0; bit < bytes.byteLength * 8; bit++) {
        const spoiled = String.fromCharCode(...flipped(bytes, bit));
        // Hex in either case is the same signature.
        if (spoiled.toLowerCase() === value.toLowerCase() && /[0-9a-f]{40}$/.test(value)) continue;
        const verdict = await verify(sender, SMALL, { ...headers, [name]: spoiled });
        expect(typeof verdict, `bit ${bit} of ${name}: ${spoiled}`).toBe('string');
      }
    }
  });

  it('refuses a sample of the flipped bits of a large body', async () => {
    const raw = JSON.stringify(GITHUB_PUSH);
    const headers = sender.sign(raw);
    const body = new TextEncoder().encode(raw);
    const random = new Random(7);
    for (let i = 0; i < 300; i++) {
      const bit = random.between(0, body.byteLength * 8 - 1);
      expect(await verify(sender, flipped(body, bit), headers)).toBe('signature_wrong');
    }
  });

  it('refuses another secret, another body, a body cut or longer, the same JSON in other bytes', async () => {
    const headers = sender.sign(SMALL);
    const stranger = { ...sender, secret: `whsec_${btoa('another secret of 24 bytes')}` };
    expect(await verify(stranger, SMALL, headers)).toBe('signature_wrong');
    for (const raw of ['{"n":2}', '{"n":1', '{"n":1} ', '{ "n":1}', '']) {
      expect(await verify(sender, raw, headers)).toBe('signature_wrong');
    }
  });

  it('refuses a delivery that lacks a header', async () => {
    const headers: Headers = sender.sign(SMALL);
    for (const name of Object.keys(headers)) {
      const { [name]: _, ...rest } = headers;
      expect(await verify(sender, SMALL, rest)).toMatch(/_missing$/);
    }
    expect(await verify(sender, SMALL, {})).toBe('signature_missing');
  });
});

describe.each(TIMED)('the timestamp of %s', (_, sender) => {
  it.each([0, 1, 299, 300, -1, -299, -300])('%d s from now is good', async (away) => {
    expect(await verify(sender, SMALL, sender.sign(SMALL, T + away))).toMatchObject(VERIFIED);
  });

  it.each([301, -301, 3_600, -3_600, -T])('%d s from now is refused', async (away) => {
    expect(await verify(sender, SMALL, sender.sign(SMALL, T + away))).toBe('timestamp_outside_tolerance');
  });

  it('a delivery kept for six minutes is refused', async () => {
    const headers = sender.sign(SMALL);
    expect(await verify(sender, SMALL, headers, NOW + 299_000)).toMatchObject(VERIFIED);
    expect(await verify(sender, SMALL, headers, NOW + 360_000)).toBe('timestamp_outside_tolerance');
  });
});

describe('a list of signatures', () => {
  const sign = (secret: string = SECRETS.stripe) =>
    stripe(SMALL, T, secret)['Stripe-Signature']?.split(',')[1] ?? '';
  const good = sign();
  const bad = sign('whsec_another-secret-of-the-partner');
  const list = (...items: string[]) => verify(SENDERS.stripe, SMALL, { 'Stripe-Signature': items.join(',') });

  it('is good if one is: at first, in the middle, or at last', async () => {
    for (const items of [
      [good, bad],
      [bad, good],
      [bad, good, bad],
      [bad, bad, good],
    ]) {
      expect(await list(`t=${T}`, ...items)).toMatchObject(VERIFIED);
    }
    expect(await list(`t=${T}`, bad, bad)).toBe('signature_wrong');
  });

  it('counts what bears the scheme’s prefix alone', async () => {
    const code = good.slice('v1='.length);
    for (const item of [`v0=${code}`, code, `V1=${code}`, `v1 =${code}`]) {
      expect(await list(`t=${T}`, item)).toBe('signature_missing');
    }
  });

  it('with two timestamps has none', async () => {
    expect(await list(`t=${T - 9_000}`, `t=${T}`, good)).toBe('timestamp_missing');
    expect(await list(`t=${T}`, good, `t=${T}`)).toBe('timestamp_missing');
  });

  it('as Standard Webhooks writes it, by two libraries', async () => {
    const id = 'msg_1';
    const other = standard(SMALL, id, T, `whsec_${btoa('another secret of 24 bytes')}`)['webhook-signature'];
    for (const one of [
      standard(SMALL, id, T)['webhook-signature'],
      new Svix(SECRETS.standard).sign(id, new Date(NOW), SMALL),
    ]) {
      const signatures = { 'webhook-timestamp': String(T), 'webhook-signature': `${other} ${one}` };
      const verdict = await verify(SENDERS.standard_webhooks, SMALL, { 'webhook-id': id, ...signatures });
      expect(verdict).toMatchObject({ id });
    }
  });
});

describe('published examples', () => {
  it('GitHub’s', async () => {
    const code = '757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17';
    const verdict = (signature: string) =>
      verify(SENDERS.github, 'Hello, World!', { 'X-Hub-Signature-256': `sha256=${signature}` });
    expect(await verdict(code)).toMatchObject(VERIFIED);
    expect(await verdict(code.toUpperCase())).toMatchObject(VERIFIED);
  });

  it('Standard Webhooks’', async () => {
    const sender = { ...SENDERS.standard_webhooks, secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' };
    const headers = {
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    };
    const verdict = await verify(sender, '{"test": 2432232314}', headers, 1_614_265_330_000);
    expect(verdict).toMatchObject({ id: 'msg_p5jXN8AQM9LWM0D4loKWxJek' });
  });
});

it('an id with dots, as this service’s own events have them, where only a JSON object can follow', async () => {
  const id = '3f2a.7.job.completed';
  const sender = SENDERS.standard_webhooks;
  expect(await verify(sender, SMALL, standard(SMALL, id, T))).toMatchObject({ id });
  for (const raw of ['[1]', '12', ' {}']) {
    expect(await verify(sender, raw, standard(raw, id, T))).toBe('id_missing');
  }
  const resplit = { ...standard(SMALL, id, T), 'webhook-id': '3f2a' };
  expect(await verify(sender, SMALL, resplit)).toBe('signature_wrong');
});

describe('a public key', () => {
  const verification = { scheme: 'sendgrid' } as const;
  // The published example of SendGrid’s own library.
  const secret =
    'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEEDr2LjtURuePQzplybdC+u4CwrqDqBaWjcMMsTbhdbcwHBcepxo7yAQGhHPTnlvFYPAZFceEu/1FwCM/QmGUhA==';
  const signature =
    'MEUCIQCtIHJeH93Y+qpYeWrySphQgpNGNr/U+UyUlBkU6n7RAwIgJTz2C+8a8xonZGi6BpSzoQsbVRamr2nlxFDWYNH2j/0=';
  const body = '{"category":"example_payload","event":"test_event","message_id":"message_id"}';
  const headers = (text: string) => ({
    'X-Twilio-Email-Event-Webhook-Signature': text,
    'X-Twilio-Email-Event-Webhook-Timestamp': '1588788367',
  });

  it('verifies what its owner signed, and no other bytes', async () => {
    const at = 1_588_788_367_000;
    expect(await verify({ verification, secret }, body, headers(signature), at)).toMatchObject(VERIFIED);
    expect(await verify({ verification, secret }, `${body} `, headers(signature), at)).toBe(
      'signature_wrong',
    );
    const der = Uint8Array.fromBase64(signature);
    for (let bit = 0; bit < der.byteLength * 8; bit++) {
      const spoiled = flipped(der, bit).toBase64();
      expect(await verify({ verification, secret }, body, headers(spoiled), at), `bit ${bit}`).toBe(
        'signature_wrong',
      );
    }
    // The last letter before the padding has two bits that decoding would pass over.
    const loose = signature.replace('0=', '1=');
    expect(await verify({ verification, secret }, body, headers(loose), at)).toBe('signature_wrong');
  });
});

it('token takes whatever came, and knows it by the digest of the body', async () => {
  const digest = (raw: string) => verify({ verification: { scheme: 'token' }, secret: '' }, raw, {});
  expect(await digest(SMALL)).toEqual(await digest(SMALL));
  expect(await digest(SMALL)).not.toEqual(await digest('{"n":2}'));
});
