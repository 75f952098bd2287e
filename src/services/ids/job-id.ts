import type { Config } from '../../config';
import { mac, macWith, sameBytes } from './secrets';

/**
 * A job's id is a UUIDv8 (RFC 9562) whose 122 free bits are 6 shard | 2 key generation | 66 core | 48 MAC. The MAC
 * binds the rest to the organization, so an id that was not made here for it is refused before any object is touched.
 */
export interface JobRef {
  /** Canonical, lower case. */
  job_id: string;
  shard: number;
  /** 66 bits as 17 hex digits: with the organization the name of the job's object. */
  core: string;
}

const UUID_V8 = /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;
const CORE_BITS = 66n;
const MAC_BITS = 48n;
const REMEMBERED = 10_000;
const checked = new WeakMap<Config, Map<string, JobRef>>();

/** The id of the job with `core` in `organization`, listed by index shard `shard`. */
export async function mintJobId(
  config: Config,
  organization: string,
  shard: number,
  core: string,
): Promise<JobRef> {
  const head = (((BigInt(shard) << 2n) | BigInt(config.generation)) << CORE_BITS) | BigInt(`0x${core}`);
  const tail = await tailOf(config, organization, config.generation, head);
  if (tail === null) throw new Error('the current root secret is not among the configured ones');
  const free = (head << MAC_BITS) | BigInt(`0x${tail.toHex()}`);
  return { job_id: toUuid(free), shard, core };
}

/** What an id addresses, or null where it was not made for `organization`. A checked id is remembered in the isolate. */
export async function readJobId(config: Config, organization: string, text: string): Promise<JobRef | null> {
  const known = checked.get(config) ?? new Map<string, JobRef>();
  checked.set(config, known);
  const name = `${organization} ${text}`;
  const remembered = known.get(name);
  if (remembered !== undefined) return remembered;
  const ref = await checkJobId(config, organization, text);
  if (ref === null) return null;
  if (known.size >= REMEMBERED) known.clear();
  known.set(name, ref);
  return ref;
}

async function checkJobId(config: Config, organization: string, text: string): Promise<JobRef | null> {
  if (!UUID_V8.test(text)) return null;
  const free = fromUuid(text);
  const head = free >> MAC_BITS;
  const generation = Number((head >> CORE_BITS) & 3n);
  const tail = await tailOf(config, organization, generation, head);
  if (tail === null || !sameBytes(tail, Uint8Array.fromHex(hex(free & ((1n << MAC_BITS) - 1n), 12))))
    return null;
  const core = hex(head & ((1n << CORE_BITS) - 1n), 17);
  return { job_id: text.toLowerCase(), shard: Number(head >> (CORE_BITS + 2n)), core };
}

/** A core that was never used: 66 random bits. */
export function randomCore(): string {
  return toCore(crypto.getRandomValues(new Uint8Array(9)));
}

/** The core that `intent` (an operation and its idempotency key) has in the organization with this salt, for ever. */
export async function derivedCore(salt: string, intent: string): Promise<string> {
  return toCore((await macWith(salt, intent)).subarray(0, 9));
}

function toCore(bytes: Uint8Array): string {
  return hex(BigInt(`0x${bytes.toHex()}`) >> 6n, 17);
}

async function tailOf(config: Config, organization: string, generation: number, head: bigint) {
  const code = await mac(config, 'job-id', generation, `job\0${organization}\0${hex(head, 19)}`);
  return code?.subarray(0, 6) ?? null;
}

function toUuid(free: bigint): string {
  const high = free >> 74n;
  const middle = (free >> 62n) & 0xfffn;
  const low = free & ((1n << 62n) - 1n);
  const digits = hex((high << 80n) | (8n << 76n) | (middle << 64n) | (2n << 62n) | low, 32);
  const cuts = [0, 8, 12, 16, 20, 32];
  return cuts
    .slice(1)
    .map((end, index) => digits.slice(cuts[index], end))
    .join('-');
}

function fromUuid(text: string): bigint {
  const value = BigInt(`0x${text.replaceAll('-', '')}`);
  const high = value >> 80n;
  const middle = (value >> 64n) & 0xfffn;
  const low = value & ((1n << 62n) - 1n);
  return (high << 74n) | (middle << 62n) | low;
}

function hex(value: bigint, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}
