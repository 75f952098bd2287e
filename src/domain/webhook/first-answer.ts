import { portOf } from './spelling';
import type { StoredWebhook, Webhook } from './webhook';

/**
 * What an endpoint is: sent its events, or `unanswered`, its events waiting in the feed until its host has answered
 * `endpoint.test` by a 2xx, or disabled.
 */
export const WEBHOOK_STATES = ['active', 'unanswered', 'disabled'] as const;
export type WebhookState = (typeof WEBHOOK_STATES)[number];

type Answering = Pick<Webhook, 'url' | 'enabled' | 'answered_at'>;

export function stateOf(webhook: Pick<Webhook, 'enabled' | 'answered_at'>): WebhookState {
  if (!webhook.enabled) return 'disabled';
  return owesAnswer(webhook) ? 'unanswered' : 'active';
}

/** Whether it has to answer before it is sent its events. */
export function owesAnswer({ answered_at }: Pick<Webhook, 'answered_at'>): boolean {
  return answered_at === null;
}

/** What a new endpoint is asked. */
export function askedFirst(now: number): Required<Pick<StoredWebhook, 'answered_at' | 'asked_at'>> {
  return { answered_at: null, asked_at: now };
}

/**
 * What a change asks anew: another host has to answer for itself, and one that never did is asked again where it is enabled
 * again. Empty for any other change.
 */
export function askedAnew(
  before: Answering & Pick<StoredWebhook, 'asked_at'>,
  { url = before.url, enabled }: Partial<Answering>,
  now: number,
): Partial<Pick<StoredWebhook, 'answered_at' | 'asked_at'>> {
  const resumed = enabled === true && !before.enabled && owesAnswer(before);
  if (!resumed && hostOf(url) === hostOf(before.url)) return {};
  // Two askings of one millisecond are two.
  return askedFirst(Math.max(now, (before.asked_at ?? 0) + 1));
}

/** The host with its port, the scheme's own included: what is behind another is another receiver. */
function hostOf(text: string): string {
  const url = URL.parse(text);
  return url === null ? text : `${url.hostname}:${portOf(url)}`;
}
