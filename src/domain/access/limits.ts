import * as z from 'zod';
import { FEED_BYTES } from '../feed/retention';
import { SHARD_LIMIT } from './shards';

interface Limit {
  /** Where the operator says nothing else. */
  standard: number;
  /** What they may say, 1 at least where nothing is said. */
  least?: number;
  most: number;
  says: string;
}

/** What an organization may do and have at most. */
const LIMITS = {
  creates_per_minute: { standard: 30_000, most: 10_000_000, says: 'Jobs made in a minute.' },
  creates_burst: { standard: 5_000, most: 10_000_000, says: 'Jobs made at once, after a while of none.' },
  reports_per_second: { standard: 200, most: 1_000_000, says: 'Reports on one job in a second.' },
  reports_burst: { standard: 1_000, most: 10_000_000, says: 'Reports on one job at once.' },
  jobs: { standard: 1_000_000, most: 100_000_000, says: 'Jobs that have not ended.' },
  job_bytes: {
    standard: 67_108_864,
    most: 1_073_741_824,
    says: 'Bytes stored of one job: from there on what is new takes the place of what is oldest.',
  },
  webhooks: { standard: 100, most: 1_000, says: 'Webhook endpoints.' },
  endpoints_per_url: { standard: 4, most: 100, says: 'Webhook endpoints with the same URL.' },
  deliveries: { standard: 400, most: 4_000, says: 'Webhook deliveries under way.' },
  deliveries_per_host: { standard: 64, most: 4_000, says: 'Webhook deliveries under way to one host.' },
  hooks: { standard: 100, most: 1_000, says: 'Inbound hooks.' },
  keys: { standard: 100, most: 1_000, says: 'API keys, the revoked and the expired aside.' },
  filter_tokens: { standard: 1_000, most: 10_000, says: 'Tokens for a filter, the ended aside.' },
  sessions: { standard: 1_000, most: 10_000, says: 'Sign-ins by a key.' },
  streams: {
    standard: 1_000,
    most: 100_000,
    says: 'Streams and sockets that one credential holds open, in each place the service runs.',
  },
  waits: {
    standard: 1_000,
    most: 100_000,
    says: 'Requests of one credential that wait for a change, in each place the service runs.',
  },
  feed_bytes: {
    // As many shards as there may be, with all that each may keep.
    standard: SHARD_LIMIT * FEED_BYTES,
    least: 1_048_576,
    most: 1_099_511_627_776,
    says: 'Bytes of the feed’s events, parted among the shards, each of which has a bound of its own: from there on the oldest go.',
  },
} as const satisfies Record<string, Limit>;

export type LimitName = keyof typeof LIMITS;
export type Limits = Readonly<Record<LimitName, number>>;
/** What an organization’s limits are where they are not the standard ones. Kept with it, and told with its credentials. */
export type LimitOverrides = Readonly<Partial<Limits>>;
/** A change to them: null takes one back to the standard, what is absent stays. */
export type LimitChange = Readonly<{ [Name in LimitName]?: number | null | undefined }>;

export const LIMIT_NAMES = Object.keys(LIMITS) as readonly LimitName[];
export const STANDARD_LIMITS: Limits = eachLimit((name) => LIMITS[name].standard);

const LEAST = 1;

/** The body of a change: whole numbers from 1 on, null for the standard. */
export const limitChangeSchema = z
  .strictObject(
    eachLimit((name) => {
      const { most, standard, least = LEAST, says }: Limit = LIMITS[name];
      const description = `${says} ${standard} by default, ${most} at most.`;
      return z.int().min(least).max(most).nullish().meta({ description });
    }),
  )
  .meta({ id: 'ChangeLimits', description: 'Null takes a limit back to its default; what is absent stays.' });

/** All limits, as they are shown. */
export const limitsSchema = z
  .object(eachLimit((name) => z.int().min(LEAST).meta({ description: LIMITS[name].says })))
  .meta({ id: 'Limits' });

/** What holds where `overrides` say something else than `standard`. */
export function limitsOf(
  overrides: LimitOverrides | null | undefined,
  standard: Limits = STANDARD_LIMITS,
): Limits {
  return overrides === null || overrides === undefined ? standard : { ...standard, ...overrides };
}

/** The overrides once `change` was made to them; null where none are left. */
export function changedLimits(before: LimitOverrides | null, change: LimitChange): LimitOverrides | null {
  const after = Object.entries({ ...before, ...change }).filter(
    ([name, value]) => typeof value === 'number' && name in LIMITS,
  );
  return after.length === 0 ? null : (Object.fromEntries(after) as LimitOverrides);
}

/** The standard of a service whose operator sets `LIMITS`: JSON, some limits by name. Throws where it is not that. */
export function standardIn(text: string | null | undefined): Limits {
  if (text === null || text === undefined || text === '') return STANDARD_LIMITS;
  const read = limitChangeSchema.safeParse(jsonIn(text));
  if (read.success) return limitsOf(changedLimits(null, read.data));
  const [issue] = read.error.issues;
  throw new Error(
    `LIMITS: ${issue?.path.join('.') ?? ''} ${issue?.message ?? 'must be an object'}`.replace('  ', ' '),
  );
}

function eachLimit<Value>(of: (name: LimitName) => Value): Record<LimitName, Value> {
  const names = Object.keys(LIMITS) as LimitName[];
  return Object.fromEntries(names.map((name) => [name, of(name)])) as Record<LimitName, Value>;
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('LIMITS must be JSON: {"name": number, …}');
  }
}
