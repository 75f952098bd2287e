import type { AuditAsk, AuditPart } from '../../domain/audit/audit-page';
import type {
  AuditAction,
  AuditChange,
  AuditRecord,
  AuditTarget,
  AuditTrace,
} from '../../domain/audit/audit-record';
import type { AlarmClock } from '../kit/alarm-clock';
import { AuditStore } from '../kit/audit-store';
import type { Tables } from '../kit/tables';
import { transact } from '../kit/transact';
import { RefusalStore } from './refusal-store';

/** An organization's own audit records: of its object's changes, of what was carried here, of refused acts. */
export class OrgAudit {
  readonly #storage: DurableObjectStorage;
  readonly #tables: Tables;
  readonly #records: AuditStore;
  readonly #refusals: RefusalStore;
  readonly #clock: AlarmClock;

  constructor(storage: DurableObjectStorage, tables: Tables, clock: AlarmClock) {
    this.#storage = storage;
    this.#tables = tables;
    this.#records = new AuditStore(storage.sql, tables);
    this.#refusals = new RefusalStore(storage.sql, tables);
    this.#clock = clock;
  }

  /** Clears what it keeps in memory, once everything was deleted. */
  forget(): void {
    this.#records.forget();
  }

  /** Runs a change in one transaction with what `record` is told of it. */
  transact<Value>(work: () => Value): Value {
    return transact(this.#storage, [this.#tables, this.#records, this.#clock], work);
  }

  /** Records an act, in the transaction of its change. A Worker of an older build does not say who did it: none is kept. */
  record(
    trace: AuditTrace | undefined,
    action: AuditAction,
    target: AuditTarget,
    now: number,
    changes: AuditChange[] = [],
  ): void {
    if (trace === undefined) return;
    const changed = changes.length === 0 ? {} : { changes };
    this.#records.append({ at: now, ...trace, action, target, outcome: 'done', ...changed }, now);
  }

  /** Records a refused act, or counts it beyond the hour's first, and `more` of its credential before it. */
  refused(record: AuditRecord, more: number, now: number): void {
    this.transact(() => {
      this.#endHours(now);
      const { first, beyond } = this.#refusals.count(record.actor, more, now);
      if (first) this.#records.append(record, now);
      if (beyond > 0) this.#arm(now);
    });
  }

  /** Keeps what was carried here, as JSON; what is there already is passed over. */
  take(bodies: readonly string[], now: number): void {
    this.transact(() => this.#records.take(bodies, now));
  }

  page(ask: AuditAsk, now: number): AuditPart {
    return this.#records.page(ask, now);
  }

  /** Records what hours that are over had beyond their first refusals. */
  run(now: number): void {
    this.transact(() => {
      this.#endHours(now);
      this.#records.expire(now);
      this.#arm(now);
    });
  }

  #endHours(now: number): void {
    for (const { actor, count, at } of this.#refusals.takeEnded(now)) {
      const nowhere = { request_id: null, address: null, user_agent: null };
      const target = { type: 'credential' as const, id: actor.id };
      const act = { action: 'refusals.counted' as const, target, outcome: 'refused' as const, count };
      this.#records.append({ at, actor, ...nowhere, ...act }, now);
    }
  }

  #arm(now: number): void {
    const end = this.#refusals.end();
    if (end !== null) this.#clock.arm(end, now);
  }
}
