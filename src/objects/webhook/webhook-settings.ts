import { parseRoots, type Roots } from '../../domain/access/root-secret';
import { SCHEDULE } from '../../domain/webhook/retry';
import type { Namespaces } from '../address';

/** What an endpoint's object is given, beside the namespaces. */
export interface WebhookVariables {
  ROOT_SECRET: string;
  INDEX_SHARDS?: string;
  /** Host names under which the service itself is reached, separated by commas. */
  OWN_HOSTS?: string;
  /** `1` allows http and loopback destinations: development alone. */
  ALLOW_PRIVATE_WEBHOOKS?: string;
  /** For an attempt, headers and body, in ms; 15,000 where it is not set. */
  WEBHOOK_TIMEOUT_MS?: string;
  /** ms before each attempt, separated by commas; ten attempts in 75 hours where it is not set. */
  WEBHOOK_SCHEDULE_MS?: string;
  /** ms between two looks at the feed while events come; 500 where it is not set. */
  WEBHOOK_PACE_MS?: string;
}

export interface WebhookSettings {
  roots: Roots;
  shards: number;
  ownHosts: string[];
  allowPrivate: boolean;
  timeout: number;
  schedule: readonly number[];
  pace: number;
}

export function webhookSettings(env: Namespaces & WebhookVariables): WebhookSettings {
  return {
    roots: parseRoots(env.ROOT_SECRET),
    shards: Number(env.INDEX_SHARDS ?? 1),
    ...destinationSettings(env),
    timeout: Number(env.WEBHOOK_TIMEOUT_MS ?? 15_000),
    schedule: env.WEBHOOK_SCHEDULE_MS?.split(',').map(Number) ?? SCHEDULE,
    pace: Number(env.WEBHOOK_PACE_MS ?? 500),
  };
}

/** What a destination is judged by, wherever it is. */
export function destinationSettings(
  env: WebhookVariables,
): Pick<WebhookSettings, 'ownHosts' | 'allowPrivate'> {
  return {
    ownHosts: (env.OWN_HOSTS ?? '')
      .split(',')
      .map((host) => host.trim())
      .filter((host) => host !== ''),
    allowPrivate: env.ALLOW_PRIVATE_WEBHOOKS === '1',
  };
}
