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
  INDEX_SHARDS?: string;
  /** For an attempt, headers and body, in ms; 15,000 where it is not set. */
  WEBHOOK_TIMEOUT_MS?: string;
  /** ms before each attempt, separated by commas; ten attempts in 75 hours where it is not set. */
  WEBHOOK_SCHEDULE_MS?: string;
  /** ms between two looks at the feed while events come; 500 where it is not set. */
  WEBHOOK_PACE_MS?: string;
}

export interface WebhookSettings extends DestinationPolicy {
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
    timeout: Number(env.WEBHOOK_TIMEOUT_MS ?? 15_000),
    schedule: env.WEBHOOK_SCHEDULE_MS?.split(',').map(Number) ?? SCHEDULE,
    pace: Number(env.WEBHOOK_PACE_MS ?? 500),
  };
}
