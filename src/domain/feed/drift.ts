import type { Publication } from './publication';

/** What a job says of itself to an index that asks. */
export interface Restatement {
  /** Without audit records. */
  publication: Publication;
  /** The job takes its index to know all of this: nothing of it is on its way. */
  told: boolean;
}

/** How an entry of the index was wrong: it was not there, it was not what its job says, there is no such job. */
export type Drift = 'missing' | 'stale' | 'ghost';

/** `late` is what its job had still to publish, which is no drift. */
export type Finding = Drift | 'late' | null;

/** How many jobs were asked, and what was found and mended. */
export interface DriftCount extends Record<Drift, number> {
  checked: number;
  late: number;
}

export function driftCount(found: readonly Finding[]): DriftCount {
  const count = (kind: Finding) => found.filter((one) => one === kind).length;
  return {
    checked: found.length,
    late: count('late'),
    ...{ missing: count('missing'), stale: count('stale'), ghost: count('ghost') },
  };
}
