import * as z from 'zod';
import { isObject, type Json } from '../base/json';
import { isPointer, lookUp } from '../base/json-pointer';
import { text } from '../base/text';

/** How a sender finds out whether the one behind a URL wants its deliveries. */
export type Handshake =
  | { kind: 'slack' | 'zoom' | 'event_grid' | 'twitch' | 'discord' | 'trello' | 'woocommerce' }
  /** What `pointer` finds comes back, as a text or as a JSON string. */
  | { kind: 'echo'; pointer: string; as: 'text' | 'json' }
  /** A GET with `hub.challenge` and a token that was agreed on: SHA-256 of it, as hex. */
  | { kind: 'meta'; verify_token: string };

const HANDSHAKES = [
  ...(['slack', 'echo', 'meta', 'zoom', 'event_grid', 'twitch', 'discord', 'trello'] as const),
  'woocommerce',
] as const;

export const handshakeSchema = z
  .strictObject({
    kind: z.enum(HANDSHAKES),
    pointer: z
      .string()
      .refine(isPointer, { error: 'must be a JSON Pointer: empty, or begin with /' })
      .nullish()
      .meta({ description: 'echo: where the challenge is.' }),
    as: z.enum(['text', 'json']).nullish().meta({ description: 'echo. Default text.' }),
    verify_token: text(200, 8)
      .nullish()
      .meta({ description: 'meta: what was agreed on. Never shown again.' }),
  })
  .superRefine(({ kind, pointer, as, verify_token }, ctx) => {
    const given = { pointer, as, verify_token };
    const needs = { echo: ['pointer'], meta: ['verify_token'] }[kind as string] ?? [];
    const takes = kind === 'echo' ? ['pointer', 'as'] : needs;
    for (const [field, value] of Object.entries(given)) {
      const there = value !== null && value !== undefined;
      const message =
        there && !takes.includes(field)
          ? `is not for the handshake ${kind}`
          : !there && needs.includes(field)
            ? `is required with ${kind}`
            : null;
      if (message !== null) ctx.addIssue({ code: 'custom', path: [field], message });
    }
  })
  .meta({ id: 'HookHandshake' });

/** What answers a handshake; `signs` is what its sender wants signed by the secret. */
export type Greeting =
  | { as: 'text' | 'json'; challenge: string }
  | { as: 'validation'; challenge: string }
  | { as: 'signed'; challenge: string }
  | { as: 'pong' }
  | { as: 'nothing' };

/** Longest challenge that is answered. What is echoed must not be able to be a page or a script. */
const CHALLENGE = /^[\x20-\x7e]{1,1024}$/;
/** What Zoom has signed: nothing that could be a signed delivery, which has colons and braces. */
const PLAIN_TOKEN = /^[A-Za-z0-9_-]{1,128}$/;
const VALIDATION = 'Microsoft.EventGrid.SubscriptionValidationEvent';

/** How a verified payload is answered that is a handshake; null where it is a delivery like any other. */
export function greet(
  handshake: Handshake,
  payload: Json,
  header: (name: string) => string | null,
): Greeting | null {
  if (handshake.kind === 'echo') return echo(lookUp(payload, handshake.pointer), handshake.as);
  if (handshake.kind === 'event_grid') {
    const isAsked = lookUp(payload, '/0/eventType') === VALIDATION;
    return isAsked ? echo(lookUp(payload, '/0/data/validationCode'), 'validation') : null;
  }
  if (!isObject(payload)) return null;
  if (handshake.kind === 'slack') {
    return payload.type === 'url_verification' ? echo(payload.challenge, 'text') : null;
  }
  if (handshake.kind === 'twitch') {
    const isAsked = header('twitch-eventsub-message-type') === 'webhook_callback_verification';
    return isAsked ? echo(payload.challenge, 'text') : null;
  }
  if (handshake.kind === 'zoom') {
    const token = lookUp(payload, '/payload/plainToken');
    const isAsked = payload.event === 'endpoint.url_validation' && typeof token === 'string';
    return isAsked && PLAIN_TOKEN.test(token) ? { as: 'signed', challenge: token } : null;
  }
  if (handshake.kind !== 'discord' || Object.hasOwn(payload, 'event')) return null;
  // Its events ping with 0 and want 204, its interactions ping with 1 and want the same back.
  return payload.type === 0 ? { as: 'nothing' } : payload.type === 1 ? { as: 'pong' } : null;
}

/** Whether a delivery without a signature is the ping that WooCommerce sends when a webhook is saved. */
export function isUnsignedPing(handshake: Handshake | undefined, { raw }: { raw: Uint8Array }): boolean {
  if (handshake?.kind !== 'woocommerce' || raw.byteLength > 40) return false;
  return /^webhook_id=\d{1,20}$/.test(new TextDecoder().decode(raw));
}

/** The DNS name, or what stands for several, by which a sender of CloudEvents calls itself. */
const SENDER = /^[A-Za-z0-9*_-][A-Za-z0-9.*:_-]{0,254}$/;

/**
 * The headers that let a sender of CloudEvents deliver, at whatever rate it likes; null where it did not ask for that.
 * Source: CloudEvents, HTTP 1.1 Web Hooks for Event Delivery, 4.
 */
export function permission(header: (name: string) => string | null): Record<string, string> | null {
  const sender = header('webhook-request-origin');
  if (sender === null || !SENDER.test(sender)) return null;
  return { 'WebHook-Allowed-Origin': sender, 'WebHook-Allowed-Rate': '*' };
}

/** A handshake as its organization sees it: all but its token. */
export function shownHandshake(handshake: Handshake): object {
  return handshake.kind === 'meta' ? { kind: 'meta' } : handshake;
}

/** Whether a text may be echoed. */
export function isChallenge(value: unknown): value is string {
  return typeof value === 'string' && CHALLENGE.test(value);
}

function echo(value: Json | undefined, as: 'text' | 'json' | 'validation'): Greeting | null {
  return isChallenge(value) ? { as, challenge: value } : null;
}
