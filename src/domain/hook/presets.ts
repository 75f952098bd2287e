import type { Handshake } from './handshake';
import { describeSignature, type SignatureDescription } from './signature-description';

/** How a sender proves that a delivery is its own. `url`: whoever has the URL. */
export type Proof =
  | ({ by: 'signature' } & SignatureDescription)
  /** A secret in a header, after `prefix`. */
  | { by: 'header'; header: string; prefix: string }
  /** `Authorization: Basic` with the secret `user:password`. */
  | { by: 'basic' }
  | { by: 'url' };

/** What a sender's documentation says of its webhooks, as data. */
export interface SenderPreset {
  proof: Proof;
  handshake?: Handshake;
  /** The status of a good answer, for a sender that takes no other. With 204 and where `bare`, it has no body. */
  answer_with?: 200 | 204;
  bare?: true;
  /** The status of a refused signature, for a sender that checks it. */
  refuse_with?: 401;
}

const signed = (header: string, given: Partial<SignatureDescription> = {}): { proof: Proof } => ({
  proof: { by: 'signature', ...describeSignature({ header, ...given }) },
});

/** `t=…,v1=…` in one header. */
const listed = { separator: ',', timestamp_prefix: 't=', prefix: 'v1=', signed: '{t}.{body}' };
const STANDARD: Partial<SignatureDescription> & { header: string } = {
  header: 'webhook-signature',
  encoding: 'base64',
  prefix: 'v1,',
  separator: ' ',
  signed: '{id}.{t}.{body}',
  id_header: 'webhook-id',
  timestamp_header: 'webhook-timestamp',
  secret_encoding: 'base64',
};
const SVIX = { header: 'svix-signature', id_header: 'svix-id', timestamp_header: 'svix-timestamp' };

export const PRESETS = {
  alertmanager: { proof: { by: 'header', header: 'authorization', prefix: 'Bearer ' } },
  bitbucket: signed('x-hub-signature', { prefix: 'sha256=' }),
  calendly: signed('calendly-webhook-signature', listed),
  discord: {
    ...signed('x-signature-ed25519', {
      algorithm: 'ed25519',
      signed: '{t}{body}',
      timestamp_header: 'x-signature-timestamp',
    }),
    handshake: { kind: 'discord' },
    answer_with: 204,
    refuse_with: 401,
  },
  github: signed('x-hub-signature-256', { prefix: 'sha256=' }),
  gitlab: { proof: { by: 'header', header: 'x-gitlab-token', prefix: '' } },
  hubspot: signed('x-hubspot-signature-v3', {
    encoding: 'base64',
    signed: '{method}{decoded_url}{body}{t}',
    timestamp_header: 'x-hubspot-request-timestamp',
    timestamp_format: 'milliseconds',
  }),
  jira: signed('x-hub-signature', { prefix: 'sha256=' }),
  linear: signed('linear-signature'),
  mux: signed('mux-signature', listed),
  paddle: signed('paddle-signature', {
    separator: ';',
    timestamp_prefix: 'ts=',
    prefix: 'h1=',
    signed: '{t}:{body}',
  }),
  pagerduty: signed('x-pagerduty-signature', { prefix: 'v1=', separator: ',' }),
  sendgrid: signed('x-twilio-email-event-webhook-signature', {
    algorithm: 'ecdsa-p256',
    encoding: 'base64',
    signed: '{t}{body}',
    timestamp_header: 'x-twilio-email-event-webhook-timestamp',
  }),
  sentry: signed('sentry-hook-signature'),
  shopify: signed('x-shopify-hmac-sha256', { encoding: 'base64' }),
  slack: {
    ...signed('x-slack-signature', {
      prefix: 'v0=',
      signed: 'v0:{t}:{body}',
      timestamp_header: 'x-slack-request-timestamp',
    }),
    handshake: { kind: 'slack' },
  },
  square: signed('x-square-hmacsha256-signature', { encoding: 'base64', signed: '{url}{body}' }),
  standard_webhooks: signed(STANDARD.header, STANDARD),
  standard_webhooks_v1a: signed(STANDARD.header, { ...STANDARD, algorithm: 'ed25519', prefix: 'v1a,' }),
  stripe: signed('stripe-signature', listed),
  svix: signed('svix-signature', { ...STANDARD, ...SVIX }),
  trello: {
    ...signed('x-trello-webhook', { algorithm: 'sha1', encoding: 'base64', signed: '{body}{url}' }),
    handshake: { kind: 'trello' },
    answer_with: 200,
  },
  twilio: signed('x-twilio-signature', { algorithm: 'sha1', encoding: 'base64', signed: '{url}{form}' }),
  twitch: {
    ...signed('twitch-eventsub-message-signature', {
      prefix: 'sha256=',
      signed: '{id}{t}{body}',
      id_header: 'twitch-eventsub-message-id',
      timestamp_header: 'twitch-eventsub-message-timestamp',
      timestamp_format: 'iso',
      tolerance: 600,
    }),
    handshake: { kind: 'twitch' },
  },
  typeform: signed('typeform-signature', { encoding: 'base64', prefix: 'sha256=' }),
  woocommerce: {
    ...signed('x-wc-webhook-signature', { encoding: 'base64' }),
    handshake: { kind: 'woocommerce' },
    answer_with: 200,
  },
  workos: signed('workos-signature', { ...listed, timestamp_format: 'milliseconds' }),
  xero: {
    ...signed('x-xero-signature', { encoding: 'base64' }),
    answer_with: 200,
    bare: true,
    refuse_with: 401,
  },
  zendesk: signed('x-zendesk-webhook-signature', {
    encoding: 'base64',
    signed: '{t}{body}',
    timestamp_format: 'iso',
    timestamp_header: 'x-zendesk-webhook-signature-timestamp',
  }),
} as const satisfies Record<string, SenderPreset>;

export type PresetName = keyof typeof PRESETS;
export const PRESET_NAMES = Object.keys(PRESETS) as [PresetName, ...PresetName[]];

/** A preset of the table with its open parts. */
export function presetOf(name: PresetName): SenderPreset {
  return PRESETS[name];
}
