/** How each partner signs, by Node's own cryptography: nothing of it is shared with the service. */
import { createHash, createHmac, generateKeyPairSync, sign } from 'node:crypto';
import type { Headers } from '../senders';

/** A delivery as its sender is about to sign it. */
export interface Unsigned {
  raw: string;
  /** The whole URL. */
  url: string;
  /** Milliseconds since 1970. */
  now: number;
  secret: string;
}

export const hmac = (
  { secret }: Unsigned,
  content: string,
  encoding: 'hex' | 'base64' = 'hex',
  algorithm = 'sha256',
): string => createHmac(algorithm, secret).update(content).digest(encoding);

const seconds = (now: number) => String(Math.floor(now / 1_000));
const decoded = (text: string) => Uint8Array.fromBase64(text.replace(/^whsec_/, ''));
const bytes = (text: string) => new TextEncoder().encode(text);

/** `t=…,v1=…`, as Stripe began it. */
export const listed =
  (header: string, ms = false) =>
  (it: Unsigned): Headers => {
    const t = ms ? String(it.now) : seconds(it.now);
    return { [header]: `t=${t}, v1=${hmac(it, `${t}.${it.raw}`)}` };
  };

/** The body alone, in hex after a prefix. */
export const body =
  (header: string, prefix = '', encoding: 'hex' | 'base64' = 'hex') =>
  (it: Unsigned): Headers => ({ [header]: `${prefix}${hmac(it, it.raw, encoding)}` });

export const standard =
  (prefix: 'webhook' | 'svix') =>
  (it: Unsigned): Headers => {
    const [id, t] = ['msg_2pQ8wXcVb4Zr7TjKdLm0', seconds(it.now)];
    const code = createHmac('sha256', decoded(it.secret)).update(`${id}.${t}.${it.raw}`).digest('base64');
    return { [`${prefix}-id`]: id, [`${prefix}-timestamp`]: t, [`${prefix}-signature`]: `v1,${code}` };
  };

const ED25519 = generateKeyPairSync('ed25519');
const P256 = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const spki = ({ publicKey }: typeof P256) =>
  new Uint8Array(publicKey.export({ format: 'der', type: 'spki' }));
const signedBy = (pair: typeof P256, algorithm: string | null, text: string) =>
  new Uint8Array(sign(algorithm, bytes(text), pair.privateKey));

/** The public keys, each as its partner shows it. */
export const SHOWN = {
  discord: spki(ED25519).subarray(12).toHex(),
  standard: `whpk_${spki(ED25519).subarray(12).toBase64()}`,
  sendgrid: spki(P256).toBase64(),
};

export function discord({ raw, now }: Unsigned): Headers {
  const t = seconds(now);
  const signature = signedBy(ED25519, null, t + raw).toHex();
  return { 'X-Signature-Ed25519': signature, 'X-Signature-Timestamp': t };
}

export function standardPublic({ raw, now }: Unsigned): Headers {
  const [id, t] = ['msg_2pQ8wXcVb4Zr7TjKdLm0', seconds(now)];
  const signature = signedBy(ED25519, null, `${id}.${t}.${raw}`).toBase64();
  return { 'webhook-id': id, 'webhook-timestamp': t, 'webhook-signature': `v1a,${signature}` };
}

/** In DER, as OpenSSL writes it. */
export function sendgrid({ raw, now }: Unsigned): Headers {
  const t = seconds(now);
  return {
    'X-Twilio-Email-Event-Webhook-Signature': signedBy(P256, 'sha256', t + raw).toBase64(),
    'X-Twilio-Email-Event-Webhook-Timestamp': t,
  };
}

export function twilio(it: Unsigned): Headers {
  const fields = [...new URLSearchParams(it.raw)].sort(([a], [b]) => (a < b ? -1 : 1));
  const content = it.url + fields.map(([name, value]) => name + value).join('');
  return { 'X-Twilio-Signature': hmac(it, content, 'base64', 'sha1') };
}

/** Of a JSON body Twilio signs the URL alone, which has the body's digest. */
export function twilioJson(it: Unsigned): { search: string; headers: Headers } {
  const search = `?bodySHA256=${createHash('sha256').update(it.raw).digest('hex')}`;
  return { search, headers: { 'X-Twilio-Signature': hmac(it, it.url + search, 'base64', 'sha1') } };
}

export function slack(it: Unsigned): Headers {
  const t = seconds(it.now);
  return { 'X-Slack-Request-Timestamp': t, 'X-Slack-Signature': `v0=${hmac(it, `v0:${t}:${it.raw}`)}` };
}

export function hubspot(it: Unsigned): Headers {
  const t = String(it.now);
  return {
    'X-HubSpot-Request-Timestamp': t,
    'X-HubSpot-Signature-v3': hmac(it, `POST${it.url}${it.raw}${t}`, 'base64'),
  };
}

export function paddle(it: Unsigned): Headers {
  const t = seconds(it.now);
  return { 'Paddle-Signature': `ts=${t};h1=${hmac(it, `${t}:${it.raw}`)}` };
}

export function pagerduty(it: Unsigned): Headers {
  return { 'X-PagerDuty-Signature': `v1=${'0'.repeat(64)},v1=${hmac(it, it.raw)}` };
}

export function square(it: Unsigned): Headers {
  return { 'x-square-hmacsha256-signature': hmac(it, it.url + it.raw, 'base64') };
}

export function trello(it: Unsigned): Headers {
  return { 'X-Trello-Webhook': hmac(it, it.raw + it.url, 'base64', 'sha1') };
}

export function twitch(it: Unsigned): Headers {
  const [id, t] = [
    'e76c6bd4-55c9-4987-8304-da1588d8988b',
    new Date(it.now).toISOString().replace('Z', '917Z'),
  ];
  return {
    'Twitch-Eventsub-Message-Id': id,
    'Twitch-Eventsub-Message-Timestamp': t,
    'Twitch-Eventsub-Message-Signature': `sha256=${hmac(it, id + t + it.raw)}`,
  };
}

export function zendesk(it: Unsigned): Headers {
  const t = new Date(it.now).toISOString().replace(/\.\d+Z$/, 'Z');
  return {
    'X-Zendesk-Webhook-Signature': hmac(it, t + it.raw, 'base64'),
    'X-Zendesk-Webhook-Signature-Timestamp': t,
  };
}
