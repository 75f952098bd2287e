import type { Maker } from '../../domain/access/api-key';
import type { Mapping } from '../../domain/hook/hook-mapping';
import type { Verification } from '../../domain/hook/verification';
import { Tables } from '../kit/tables';
import type { Arrival, Arrivals, Hook } from './contract';
import { HOOK_MIGRATIONS } from './hook-schema';

/** The newest that are kept of those proven, and as many of those that were not. */
export const KEPT_ARRIVALS = 100;
/** The newest digests that are kept. */
export const KEPT_DIGESTS = 10_000;

/** A ring of arrivals: the number of its newest, and what all of them came to. */
interface Ring {
  n: number;
  counts: Partial<Arrivals['counts']>;
}

/** An arrival as it is kept: with what the arrivals of its ring came to until then. */
type CountedArrival = Arrival & { counts?: Ring['counts'] };

type HookRow = {
  hook_id: string;
  name: string;
  salt: string;
  verification: string;
  sealed_secret: string | null;
  mapping: string;
  created_at: number;
  updated_at: number;
  /** Absent before the step that adds it. */
  served_at?: string | null;
  created_by?: string | null;
  url_turn?: number | null;
  older_url_until?: number | null;
};

/** All SQL of a hook's object. The caller sets the transaction. */
export class HookStore {
  readonly #sql: SqlStorage;
  readonly #tables: Tables;
  /** The rings of arrivals, proven and unproven, once they were asked for. */
  #rings: [Ring | null, Ring | null] = [null, null];

  constructor(sql: SqlStorage, tables = new Tables(sql)) {
    this.#sql = sql;
    this.#tables = tables;
  }

  /** Clears what is kept in memory, once a transaction was rolled back or everything was deleted. */
  forget(): void {
    this.#tables.forget();
    this.#rings = [null, null];
  }

  hook(): Hook | null {
    if (!this.#tables.has('hook')) return null;
    const [row] = this.#sql.exec<HookRow>('SELECT * FROM hook').toArray();
    if (row === undefined) return null;
    return {
      ...row,
      verification: JSON.parse(row.verification) as Verification,
      mapping: JSON.parse(row.mapping) as Mapping,
      created_by: row.created_by ? (JSON.parse(row.created_by) as Maker) : null,
    };
  }

  create(hook: Hook): void {
    this.#tables.migrate(HOOK_MIGRATIONS);
    this.#sql.exec(
      `INSERT INTO hook (hook_id, name, salt, verification, sealed_secret, mapping, created_at, updated_at, served_at,
        created_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[hook.hook_id, hook.name, hook.salt, JSON.stringify(hook.verification), hook.sealed_secret],
      ...[JSON.stringify(hook.mapping), hook.created_at, hook.updated_at, hook.served_at ?? null],
      hook.created_by ? JSON.stringify(hook.created_by) : null,
    );
  }

  update({ verification, sealed_secret, mapping, updated_at }: Hook): void {
    this.#sql.exec(
      'UPDATE hook SET verification = ?, sealed_secret = ?, mapping = ?, updated_at = ?',
      ...[JSON.stringify(verification), sealed_secret, JSON.stringify(mapping), updated_at],
    );
  }

  rotateUrl({ url_turn = null, older_url_until = null, updated_at }: Hook): void {
    this.#tables.migrate(HOOK_MIGRATIONS);
    const query = 'UPDATE hook SET url_turn = ?, older_url_until = ?, updated_at = ?';
    this.#sql.exec(query, url_turn, older_url_until, updated_at);
  }

  /** Keeps an arrival in the place of the oldest of its ring: one row. */
  addArrival(arrival: Arrival, proven: boolean): void {
    const which = proven ? 0 : 1;
    const { n: newest, counts: before } = this.#ring(which);
    const n = newest + 1;
    const counts = { ...before, [arrival.verdict]: (before[arrival.verdict] ?? 0) + 1 };
    this.#sql.exec(
      `INSERT INTO arrival VALUES (?, ?, ?)
       ON CONFLICT (slot) DO UPDATE SET n = excluded.n, body = excluded.body`,
      ...[
        which * KEPT_ARRIVALS + (n % KEPT_ARRIVALS),
        n,
        JSON.stringify({ ...arrival, counts } satisfies CountedArrival),
      ],
    );
    this.#rings[which] = { n, counts };
  }

  /** The kept arrivals, newest first, and what all there were came to. */
  arrivals(): Arrivals {
    const query = 'SELECT slot, n, body FROM arrival ORDER BY n DESC';
    const rows = this.#sql.exec<{ slot: number; n: number; body: string }>(query).toArray();
    const totals = { applied: 0, replayed: 0, skipped: 0, ignored: 0, handshake: 0, refused: 0 };
    const counted = new Set<number>();
    const arrivals = rows.map(({ slot, n, body }) => {
      const { counts = {}, ...arrival } = JSON.parse(body) as CountedArrival;
      const which = Math.floor(slot / KEPT_ARRIVALS);
      // The newest of a ring tells what all of it came to.
      if (!counted.has(which)) addTo(totals, counts);
      counted.add(which);
      return { ...arrival, place: n * 2 + which };
    });
    return { arrivals: arrivals.sort((a, b) => b.at - a.at || b.place - a.place), counts: totals };
  }

  /** When a digest came first, within `within` ms before `now`; else `now`, which is kept in the place of the oldest. */
  firstSeen(digest: string, now: number, within: number): number {
    this.#tables.migrate(HOOK_MIGRATIONS);
    const query = 'SELECT max(at) AS at FROM seen WHERE digest = ?';
    const { at } = this.#sql.exec<{ at: number | null }>(query, digest).one();
    if (at !== null && now - at < within) return at;
    this.#sql.exec('INSERT INTO seen (digest, at) VALUES (?, ?)', digest, now);
    const { n } = this.#sql.exec<{ n: number }>('SELECT max(n) AS n FROM seen').one();
    this.#sql.exec('DELETE FROM seen WHERE n = ?', n - KEPT_DIGESTS);
    return now;
  }

  /** A ring as its newest row tells it. */
  #ring(which: 0 | 1): Ring {
    const [from, to] = [which * KEPT_ARRIVALS, (which + 1) * KEPT_ARRIVALS];
    const query = 'SELECT max(n) AS n, body FROM arrival WHERE slot >= ? AND slot < ?';
    const read = () => {
      const { n, body } = this.#sql.exec<{ n: number | null; body: string | null }>(query, from, to).one();
      return { n: n ?? 0, counts: body === null ? {} : ((JSON.parse(body) as CountedArrival).counts ?? {}) };
    };
    const ring = this.#rings[which] ?? read();
    this.#rings[which] = ring;
    return ring;
  }
}

function addTo(totals: Arrivals['counts'], counts: Ring['counts']): void {
  for (const verdict of Object.keys(totals) as Arrival['verdict'][]) totals[verdict] += counts[verdict] ?? 0;
}
