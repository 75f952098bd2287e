/** What an attack may cost. */
import { LEFT, LEFT_AGAIN, OBJECT } from './memory.ts';
import type { Siege } from './siege-of.ts';

export interface Aims {
  /** Of the victim's latency, above what it was right before the attack (ms). */
  p99: number;
  max: number;
  /** What a latency is of no matter below, where it is compared with another (ms). */
  noise: number;
  /** Of the service's memory, above what it was (MiB). */
  growth: number;
  told: string;
}

/** A heap of 128 MiB that fills up, the 16 MiB an isolate keeps for its readers, and what the runtime has under way. */
const GROWTH = 256;

/**
 * The short form runs on whatever machine there is, a second or two an attack, where the 99th percentile is the worst of some
 * eighty: it has three times the latency. Beside an organization at its limits that worst was 46 to 74 ms on two cores.
 */
export function aimsOf(short: boolean): Aims {
  const [p99, max, noise] = short ? [300, 1_500, 120] : [100, 500, 10];
  const told =
    `an attack costs the victim p99 ≤ ${p99} ms, max ≤ ${max} ms and no answer; memory grows by ${GROWTH} MiB at most, ` +
    `within 30 s ${LEFT} MiB are left of it, of the same once more ${LEFT_AGAIN}; the process lives`;
  return { p99, max, noise, growth: GROWTH, told };
}

export function missesOf(
  { factor, alone, victim, memory, objects, outcome, end }: Siege,
  aims: Aims,
): string[] {
  return [
    ...(end === null ? [] : [`the process ended: ${end}`]),
    ...(victim.p99 - alone.p99 > aims.p99 ? ['p99'] : []),
    ...(victim.max - alone.max > aims.max ? ['max'] : []),
    ...(factor !== null && victim.p99 > Math.max(factor * alone.p99, aims.noise)
      ? [`p99 beyond ${factor} times what it is alone`]
      : []),
    ...(victim.failed > 0 ? [`failed: ${victim.firstFailure}`] : []),
    ...(memory.peak - memory.before > aims.growth + objects * OBJECT.opened ? ['growth'] : []),
    ...(memory.backAfter === null ? ['memory is not back'] : []),
    ...outcome.faults,
  ];
}
