/** Partners: they sign by implementations that share nothing with the service. */
import { createHmac } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { type Answer, type Client, send } from '../support/client';

export type Headers = Record<string, string>;

export const SECRETS = {
  github: "It's a Secret to Everybody",
  stripe: 'whsec_5f1d6a2c90b7e84321fedcba98765432',
  standard: `whsec_${btoa('24 bytes at the least, or so')}`,
  slack: '8f742231b10e8888abcd99yyyzzz85a5',
} as const;

export const seconds = (now = Date.now()) => Math.floor(now / 1_000);

export function github(raw: string, secret: string = SECRETS.github): Headers {
  return { 'X-Hub-Signature-256': `sha256=${createHmac('sha256', secret).update(raw).digest('hex')}` };
}

export function stripe(raw: string, t = seconds(), secret: string = SECRETS.stripe): Headers {
  const code = createHmac('sha256', secret).update(`${t}.${raw}`).digest('hex');
  return { 'Stripe-Signature': `t=${t},v1=${code},v0=${'0'.repeat(64)}` };
}

export function standard(raw: string, id: string, t = seconds(), secret: string = SECRETS.standard): Headers {
  return {
    'webhook-id': id,
    'webhook-timestamp': String(t),
    'webhook-signature': new Webhook(secret).sign(id, new Date(t * 1_000), raw),
  };
}

/** Slack's scheme, which only `hmac` describes. */
export const SLACK = {
  scheme: 'hmac',
  secret: SECRETS.slack,
  ...{ header: 'X-Slack-Signature', prefix: 'v0=', signed: 'v0:{t}:{body}' },
  timestamp_header: 'X-Slack-Request-Timestamp',
} as const;

export function slack(raw: string, t = seconds()): Headers {
  const code = createHmac('sha256', SECRETS.slack).update(`v0:${t}:${raw}`).digest('hex');
  return { 'X-Slack-Signature': `v0=${code}`, 'X-Slack-Request-Timestamp': String(t) };
}

export interface HookUnderTest {
  hook_id: string;
  /** The path of its URL. */
  path: string;
}

export const COUNT = {
  action: 'create',
  from: { total_items: '/n', idempotency_key: '/id' },
  set: { job_type: 'import' },
} as const;

export async function makeHook(
  client: Client,
  verification: unknown,
  mapping: unknown = COUNT,
): Promise<HookUnderTest> {
  const made = await client.post('/api/hooks', { name: 'partner', verification, mapping });
  if (made.status !== 201) throw new Error(`hook: ${made.status} ${made.text}`);
  return { hook_id: made.json.hook_id, path: new URL(made.json.url).pathname };
}

/** Posts a payload as a partner does: no credential but its headers. */
export function deliver(path: string, raw: BodyInit, headers: Headers = {}): Promise<Answer> {
  return send(null, 'POST', path, { raw, headers: { 'Content-Type': 'application/json', ...headers } });
}

/** Posts a payload as GitHub signs it. */
export function push(path: string, payload: unknown, headers: Headers = {}): Promise<Answer> {
  const raw = JSON.stringify(payload);
  return deliver(path, raw, { ...github(raw), ...headers });
}

export async function arrivals(client: Client, { hook_id }: HookUnderTest) {
  const answer = await client.get(`/api/hooks/${hook_id}/arrivals`);
  if (answer.status !== 200) throw new Error(`arrivals: ${answer.status} ${answer.text}`);
  return answer.json.arrivals;
}

/** How many arrivals of the hook came to each verdict. */
export async function counts(client: Client, { hook_id }: HookUnderTest) {
  return (await client.get(`/api/hooks/${hook_id}/arrivals`)).json.counts;
}

/** The organization's jobs. */
export async function jobs(client: Client) {
  return (await client.get('/api/jobs/?limit=100')).json.jobs;
}
