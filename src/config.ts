import { type Limits, standardIn } from './domain/access/limits';
import { parseRoots, parseTokens, type Roots } from './domain/access/root-secret';
import {
  type SessionSettings,
  type SessionVariables,
  sessionSettings,
} from './domain/access/session-settings';
import { SHARD_LIMIT } from './domain/access/shards';
import { FEED_DAYS } from './domain/feed/feed';
import { FEED_BYTES } from './domain/feed/retention';
import { destinationPolicy, isPrivateHost } from './domain/webhook/destination';
import type { Namespaces } from './objects/address';
import type { WebhookVariables } from './objects/webhook/webhook-settings';

/** Bindings and variables as Cloudflare hands them over. */
export interface Env extends Namespaces, WebhookVariables, SessionVariables {
  /** One root secret, or up to four generations of it: `1:newest,0:older`. At least 32 characters each. */
  ROOT_SECRET: string;
  /** The operator's bearer token for `/admin`, or several, `new,old`. At least 32 characters each. */
  ADMIN_TOKEN: string;
  /** Index shards among which new jobs of an organization are spread, 1–64. */
  INDEX_SHARDS?: string;
  /** One good answer of so many writes a log line; 1, the default, logs each. Of each refusal the first 60 a minute do. */
  LOG_SAMPLE?: string;
  /** How long a job is shown again without asking its object, to readers that hold it: 0–1000 ms, 0 for never. */
  SNAPSHOT_MS?: string;
  /** How many requests a credential, or an address that shows none, may make in ten seconds; 6,000 where it is not set. */
  SHIELD_LIMIT?: string;
  /** The platform's counter of them, set to as many in ten seconds. Without it each isolate counts by itself. */
  SHIELD?: { limit(options: { key: string }): Promise<{ success: boolean }> };
  /** `1` where a proxy of one's own stands before the service and sets `X-Forwarded-Proto` and `X-Forwarded-For`. */
  TRUST_PROXY?: string;
  /** The files that were built beside the Worker, by their names. */
  ASSETS: Pick<Fetcher, 'fetch'>;
}

export interface Config extends Roots {
  /** Each of them opens `/admin`. */
  adminTokens: readonly string[];
  shards: number;
  logSample: number;
  snapshotMs: number;
  /** The hosts that links may name, the first by default; none where any may. */
  ownHosts: readonly string[];
  /** Where all links lead, `https://host[:port]`; null where that is for the request to say. */
  publicOrigin: string | null;
  trustProxy: boolean;
  shieldLimit: number;
  /** Of one shard. */
  feedBytes: number;
  /** What holds for organizations whose own limits are not set. */
  limits: Limits;
  sessions: SessionSettings;
}

/** Also the default (ms). */
const SNAPSHOT_LIMIT = 1_000;
const MOST_FEED_DAYS = 365;
const LEAST_FEED_BYTES = 65_536;
const SHIELD_LIMIT = 6_000;
const parsed = new WeakMap<object, Config>();

/** The configuration of `env`, parsed once. Throws where a secret is missing or too short: nothing works without. */
export function configOf(env: Env): Config {
  const known = parsed.get(env);
  if (known !== undefined) return known;
  const config = parse(env);
  parsed.set(env, config);
  return config;
}

function parse(env: Env): Config {
  const adminTokens = parseTokens('ADMIN_TOKEN', env.ADMIN_TOKEN);
  const shards = Number(env.INDEX_SHARDS ?? 1);
  if (!Number.isInteger(shards) || shards < 1 || shards > SHARD_LIMIT) {
    throw new Error(`INDEX_SHARDS must be 1 to ${SHARD_LIMIT}`);
  }
  const days = Number(env.FEED_DAYS ?? FEED_DAYS);
  if (!(days >= 1 && days <= MOST_FEED_DAYS)) throw new Error(`FEED_DAYS must be 1 to ${MOST_FEED_DAYS}`);
  const feedBytes = Number(env.FEED_BYTES ?? FEED_BYTES);
  if (!Number.isInteger(feedBytes) || feedBytes < LEAST_FEED_BYTES)
    throw new Error(`FEED_BYTES must be a whole number from ${LEAST_FEED_BYTES} on`);
  const logSample = Number(env.LOG_SAMPLE ?? 1);
  if (!Number.isInteger(logSample) || logSample < 1)
    throw new Error('LOG_SAMPLE must be a whole number from 1 on');
  const snapshotMs = Number(env.SNAPSHOT_MS ?? SNAPSHOT_LIMIT);
  if (!Number.isInteger(snapshotMs) || snapshotMs < 0 || snapshotMs > SNAPSHOT_LIMIT) {
    throw new Error(`SNAPSHOT_MS must be 0 to ${SNAPSHOT_LIMIT}`);
  }
  const shieldLimit = Number(env.SHIELD_LIMIT ?? SHIELD_LIMIT);
  if (!Number.isInteger(shieldLimit) || shieldLimit < 1)
    throw new Error('SHIELD_LIMIT must be a whole number from 1 on');
  const publicOrigin = originIn(env.PUBLIC_URL);
  const { ownHosts, privateHosts } = destinationPolicy(env);
  if (!privateHosts.every(isPrivateHost)) {
    throw new Error('WEBHOOK_HOSTS must be hosts, each name or name:port, separated by commas');
  }
  const trustProxy = env.TRUST_PROXY === '1';
  const roots = parseRoots(env.ROOT_SECRET);
  const sessions = sessionSettings(env);
  return {
    adminTokens,
    ...roots,
    shards,
    logSample,
    snapshotMs,
    ownHosts,
    publicOrigin,
    trustProxy,
    shieldLimit,
    feedBytes,
    limits: standardIn(env.LIMITS),
    sessions,
  };
}

/** A variable that is bound to the environment and not set there is null. */
function originIn(text: string | null | undefined): string | null {
  if (text === null || text === undefined || text === '') return null;
  const url = URL.parse(text);
  const bare = url !== null && `${url.origin}/` === url.href && /^https?:$/.test(url.protocol);
  if (!bare) throw new Error('PUBLIC_URL must be https://host[:port], without a path');
  return url.origin;
}
