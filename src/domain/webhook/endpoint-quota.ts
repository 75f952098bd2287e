import type { Limits } from '../access/limits';
import { refuseBeyond } from '../access/quota';
import type { Rejection } from '../base/rejection';
import { plainUrl } from './spelling';
import { type StoredWebhook, WEBHOOK_SLOTS } from './webhook';

type Placed = Pick<StoredWebhook, 'webhook_id' | 'url'>;
type Quotas = Pick<Limits, 'webhooks' | 'endpoints_per_url' | 'deliveries' | 'deliveries_per_host'>;

/** Why an organization with these endpoints may have no more, or none more there; null where it may. */
export function refuseEndpoint(webhook: Placed, all: readonly Placed[], limits: Quotas): Rejection | null {
  const most = Math.min(limits.webhooks, limits.deliveries);
  return (
    refuseBeyond(all.length, most, 'endpoints in the organization', 'delete one first') ??
    refuseUrl(webhook.url, webhook.webhook_id, all, limits)
  );
}

/**
 * Why an endpoint may not have this URL: as many others have it as may, or as many have its host as deliveries may be under
 * way to that. Null where it may, or keeps the one it has.
 */
export function refuseUrl(
  url: string | undefined,
  webhookId: string,
  all: readonly Placed[],
  { endpoints_per_url, deliveries_per_host }: Quotas,
): Rejection | null {
  if (url === undefined || all.some((one) => one.webhook_id === webhookId && isSame(one.url, url)))
    return null;
  const others = all.filter(({ webhook_id }) => webhook_id !== webhookId);
  const same = others.filter((one) => isSame(one.url, url)).length;
  const near = others.filter((one) => hostOf(one.url) === hostOf(url)).length;
  return (
    refuseBeyond(same, endpoints_per_url, 'endpoints with this URL', 'one of them can do their work') ??
    refuseBeyond(near, deliveries_per_host, 'endpoints at this host', 'one of them can do their work')
  );
}

/**
 * How many deliveries an endpoint may have in flight: its share of what its organization may, in all and to its host. So no
 * endpoint has to ask what the others are doing.
 */
export function slotsOf(
  url: string,
  all: readonly Placed[],
  { deliveries, deliveries_per_host }: Quotas,
): number {
  const near = all.filter((one) => hostOf(one.url) === hostOf(url)).length;
  const share = Math.min(deliveries / Math.max(all.length, 1), deliveries_per_host / Math.max(near, 1));
  return Math.min(Math.max(Math.floor(share), 1), WEBHOOK_SLOTS);
}

function isSame(url: string, other: string): boolean {
  return plainUrl(url)?.href === plainUrl(other)?.href;
}

/** The host of a URL, its port aside: what is behind it is one receiver, however it is spelled. */
function hostOf(url: string): string {
  return plainUrl(url)?.hostname ?? url;
}
