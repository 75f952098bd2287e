import { type Limits, standardIn } from './domain/access/limits';
import { parseRoots, parseTokens, type Roots } from './domain/access/root-secret';
import {
  type SessionSettings,
  type SessionVariables,
  sessionSettings,
} from './domain/access/session-settings';
import { SHARD_LIMIT } from './domain/access/shards';
import { DAY, HOUR } from './domain/base/time';
import { FEED_BYTES } from './domain/feed/retention';
import { destinationPolicy, isHost } from './domain/webhook/destination';
import type { Namespaces } from './objects/address';
import type { WebhookVariables } from './objects/webhook/webhook-settings';

/** Bindings and variables as Cloudflare hands them over. */
export interface Env extends Namespaces, WebhookVariables, SessionVariables {
  /** One root secret, or up to four generations of it: `1:newest,0:older`. At least 32 characters each. */
  ROOT_SECRET: string;
  /** The operator's bearer token for `/admin`, or several, `new,old`. At least 32 characters each that a bearer may hold. */
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
const SHIELD_LIMIT = 6_000;
/** Whole numbers that the objects read from the environment themselves, each with the least and the most that works. */
const OF_OBJECTS = {
  FEED_DAYS: [1, 365],
  PUBLISH_INTERVAL_MS: [0, HOUR],
  UNWATCHED_INTERVAL_MS: [0, DAY],
  WEBHOOK_TIMEOUT_MS: [1, HOUR / 4],
  WEBHOOK_PACE_MS: [1, HOUR],
  OPEN_FILES: [1, Number.POSITIVE_INFINITY],
} as const;
/** The longest wait before an attempt at a delivery. */
const LONGEST_WAIT = 30 * DAY;
const LEAST_FEED_BYTES = 65_536;
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
  for (const [name, [least, most]] of Object.entries(OF_OBJECTS)) {
    whole(name, env[name as keyof typeof OF_OBJECTS], least, least, most);
  }
  for (const wait of env.WEBHOOK_SCHEDULE_MS?.split(',') ?? []) {
    whole('Each of WEBHOOK_SCHEDULE_MS', wait, 0, 0, LONGEST_WAIT);
  }
  const shards = whole('INDEX_SHARDS', env.INDEX_SHARDS, 1, 1, SHARD_LIMIT);
  const feedBytes = whole('FEED_BYTES', env.FEED_BYTES, FEED_BYTES, LEAST_FEED_BYTES);
  const logSample = whole('LOG_SAMPLE', env.LOG_SAMPLE, 1, 1);
  const snapshotMs = whole('SNAPSHOT_MS', env.SNAPSHOT_MS, SNAPSHOT_LIMIT, 0, SNAPSHOT_LIMIT);
  const shieldLimit = whole('SHIELD_LIMIT', env.SHIELD_LIMIT, SHIELD_LIMIT, 1);
  const publicOrigin = originIn(env.PUBLIC_URL);
  const { ownHosts, privateHosts } = destinationPolicy(env);
  for (const [name, hosts] of Object.entries({ OWN_HOSTS: ownHosts, WEBHOOK_HOSTS: privateHosts })) {
    if (!hosts.every(isHost))
      throw new Error(`${name} must be hosts, each name or name:port, separated by commas`);
  }
  if (!['1', '0', '', null, undefined].includes(env.TRUST_PROXY))
    throw new Error('TRUST_PROXY must be 1, or not set');
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

/** Reads a whole number from `least` to `most`; `standard` where the variable is not set. Throws where it is another. */
function whole(
  name: string,
  text: string | null | undefined,
  standard: number,
  least: number,
  most = Number.POSITIVE_INFINITY,
): number {
  const value = Number(text ?? standard);
  if (text !== '' && Number.isSafeInteger(value) && value >= least && value <= most) return value;
  const end = most === Number.POSITIVE_INFINITY ? 'on' : `to ${most}`;
  throw new Error(`${name} must be a whole number from ${least} ${end}`);
}

/** A variable that is bound to the environment and not set there is null. */
function originIn(text: string | null | undefined): string | null {
  if (text === null || text === undefined || text === '') return null;
  const url = URL.parse(text);
  const bare = url !== null && `${url.origin}/` === url.href && /^https?:$/.test(url.protocol);
  if (!bare) throw new Error('PUBLIC_URL must be https://host[:port], without a path');
  return url.origin;
}
