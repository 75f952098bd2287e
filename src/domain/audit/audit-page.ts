import type { AuditAction, AuditRecord, PlacedRecord } from './audit-record';

/** Which records are wanted. Absent fields don't filter; actions are alternatives. */
export interface AuditFilter {
  /** The id of who did it. */
  actor?: string;
  action?: readonly AuditAction[];
  /** The id of what it was about. */
  target?: string;
  /** ms; records of that time are in. */
  from?: number;
  /** ms; records of that time are out. */
  to?: number;
}

/** A place among the records of one store, newest first: what follows is older. */
export interface AuditPlace {
  at: number;
  n: number;
}

/** What a store is asked for: at most `limit` records behind `before`. */
export interface AuditAsk extends AuditFilter {
  before: AuditPlace | null;
  limit: number;
}

/** Some of a store's records, newest first. */
export interface AuditPart {
  records: PlacedRecord[];
  /** Everything up to here was looked at; null where nothing is left. */
  through: AuditPlace | null;
}

/** Where records are kept: by the organization's own object, or by the shard of this number. */
export type AuditStoreName = 'org' | number;

/** A place among the records of all stores. */
export interface AuditPosition extends AuditPlace {
  store: AuditStoreName;
}

/** A record with its place among all. */
export type FoundRecord = PlacedRecord & { store: AuditStoreName };

export function isWanted({ actor, target, action }: AuditRecord, filter: AuditFilter): boolean {
  if (filter.actor !== undefined && actor.id !== filter.actor) return false;
  if (filter.action !== undefined && !filter.action.includes(action)) return false;
  return filter.target === undefined || target.id === filter.target;
}

/** Where a store goes on behind a position among all. */
export function placeIn(store: AuditStoreName, position: AuditPosition | null): AuditPlace | null {
  if (position === null) return null;
  const { at, n } = position;
  const order = rank(store) - rank(position.store);
  if (order === 0) return { at, n };
  return { at, n: order > 0 ? Number.MAX_SAFE_INTEGER : 0 };
}

/**
 * One part out of those of the stores, newest first; of one time, the organization's own and then shard by shard. It
 * ends where the first store was not looked at further: what others have behind that place comes with the next part.
 */
export function mergeAudit(parts: readonly (AuditPart & { store: AuditStoreName })[]): {
  records: FoundRecord[];
  through: AuditPosition | null;
} {
  const records = parts
    .flatMap(({ store, records: own }) => own.map((record) => ({ ...record, store })))
    .sort(byAge);
  const ends = parts.flatMap(({ store, through }) => (through === null ? [] : [{ ...through, store }]));
  const [through = null] = ends.sort(byAge);
  if (through === null) return { records, through };
  return { records: records.filter((record) => byAge(record, through) <= 0), through };
}

function byAge(a: AuditPosition, b: AuditPosition): number {
  return b.at - a.at || rank(a.store) - rank(b.store) || b.n - a.n;
}

function rank(store: AuditStoreName): number {
  return store === 'org' ? -1 : store;
}
