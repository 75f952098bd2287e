import { parseRoots, type Roots } from '../../domain/access/root-secret';
import {
  type DestinationPolicy,
  type DestinationVariables,
  destinationPolicy,
} from '../../domain/webhook/destination';
import { SCHEDULE } from '../../domain/webhook/retry';
import type { Namespaces } from '../address';

/** What an endpoint's object is given, beside the namespaces. */
export interface WebhookVariables extends DestinationVariables {
  ROOT_SECRET: string;
  /** The way to the hosts of `WEBHOOK_HOSTS`: `fetch` itself reaches public addresses alone. Absent where there is none. */
  PRIVATE_NETWORK?: Network;
  /** For an attempt, headers and body, in ms; 15,000 where it is not set. */
  WEBHOOK_TIMEOUT_MS?: string;
  /** ms before each attempt, separated by commas; ten attempts in 75 hours where it is not set. */
  WEBHOOK_SCHEDULE_MS?: string;
  /** ms between two looks at the feed while events come; 500 where it is not set. */
  WEBHOOK_PACE_MS?: string;
}

/** What requests go out by. */
export interface Network {
  fetch(url: string, init: RequestInit): Promise<Response>;
}

/** The way to public addresses. */
export const PUBLIC_NETWORK: Network = { fetch: (url, init) => fetch(url, init) };

export interface WebhookSettings extends DestinationPolicy {
  /** For hosts that are listed as private; null for none but the public one. */
  privateNetwork: Network | null;
  roots: Roots;
  shards: number;
  timeout: number;
  schedule: readonly number[];
  pace: number;
}

export function webhookSettings(env: Namespaces & WebhookVariables): WebhookSettings {
  return {
    roots: parseRoots(env.ROOT_SECRET),
    shards: Number(env.INDEX_SHARDS ?? 1),
    ...destinationPolicy(env),
    privateNetwork: env.PRIVATE_NETWORK ?? null,
    timeout: Number(env.WEBHOOK_TIMEOUT_MS ?? 15_000),
    schedule: env.WEBHOOK_SCHEDULE_MS?.split(',').map(Number) ?? SCHEDULE,
    pace: Number(env.WEBHOOK_PACE_MS ?? 500),
  };
}
