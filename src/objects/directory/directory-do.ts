import { DurableObject } from 'cloudflare:workers';
import { auditChanges } from '../../domain/audit/audit-changes';
import type { AuditTrace } from '../../domain/audit/audit-record';
import { type Namespaces, orgObject, roomFor } from '../address';
import { AlarmClock } from '../kit/alarm-clock';
import { AuditOutbox, OUTBOX_GUARANTEE } from '../kit/audit-outbox';
import { GuardedAlarm } from '../kit/guarded-alarm';
import { touched } from '../kit/open-objects';
import { Tables } from '../kit/tables';
import { transact } from '../kit/transact';
import type { Deletion, DeletionPlace, DirectoryObject, EntryChange, OrganizationEntry } from './contract';
import { Deleter } from './deleter';
import { deletionPort } from './deletion-port';
import { DeletionStore } from './deletion-store';
import { DirectoryStore } from './directory-store';

/** Organizations that a Worker of an older build is listed. */
const OLD_LIST = 1_000;

interface ExternalId {
  external_id: string | null;
}

/** The one list of organizations, for the operator's routes alone. It deletes them by its alarm, step by step. */
export class DirectoryDO extends DurableObject<Namespaces> implements DirectoryObject {
  readonly #tables: Tables;
  readonly #store: DirectoryStore;
  readonly #deletions: DeletionStore;
  readonly #clock: AlarmClock;
  readonly #alarm: GuardedAlarm;
  readonly #deleter: Deleter;
  readonly #outbox: AuditOutbox;

  constructor(ctx: DurableObjectState, env: Namespaces) {
    super(ctx, env);
    this.#tables = new Tables(ctx.storage.sql);
    this.#store = new DirectoryStore(ctx.storage.sql, this.#tables);
    this.#deletions = new DeletionStore(ctx.storage.sql, this.#tables);
    this.#clock = new AlarmClock(ctx.storage);
    this.#alarm = new GuardedAlarm(this.#clock, () => ({ object: ctx.id.name }));
    this.#outbox = new AuditOutbox(ctx.storage.sql, this.#tables, async (bodies, organizationId) => {
      await orgObject(env, organizationId).takeAudit(bodies);
    });
    this.#deleter = new Deleter({
      underWay: (limit) => this.#deletions.underWay(limit),
      keep: (organizationId, place) => this.#keep(organizationId, place),
      objectsOf: (organizationId) => deletionPort(env, organizationId),
      hasRoom: () => roomFor(env, Date.now()) > 0,
      now: () => Date.now(),
    });
    ctx.blockConcurrencyWhile(() => this.#clock.wake());
  }

  /** Enters an organization; entering it again changes nothing. False where it was deleted. */
  async enter(entry: OrganizationEntry): Promise<boolean> {
    if (this.#deletions.get(entry.organization_id) !== null) return false;
    this.#transact(() => this.#store.put(entry));
    return true;
  }

  /** The first thousand, for a Worker of an older build. */
  async list(): Promise<OrganizationEntry[]> {
    return this.#store.page(null, OLD_LIST);
  }

  /** A page, in the order of their ids. */
  async page(after: string | null, limit: number): Promise<OrganizationEntry[]> {
    return this.#store.page(after, limit);
  }

  async find(
    organizationId: string,
  ): Promise<{ entry: OrganizationEntry | null; deletion: Deletion | null }> {
    return { entry: this.#store.get(organizationId), deletion: this.#deletions.get(organizationId) };
  }

  /** Changes what `change` names; null where there is no such organization, or it is being deleted. */
  async change(organizationId: string, change: EntryChange): Promise<OrganizationEntry | null> {
    const entry = this.#standing(organizationId);
    if (entry === null) return null;
    this.#transact(() => this.#store.change(entry, change));
    return this.#store.get(organizationId);
  }

  /** Gives an organization its id at the provider, or takes it; `taken` where it is another's. */
  async setExternalId(
    organizationId: string,
    externalId: string | null,
    trace?: AuditTrace,
  ): Promise<OrganizationEntry | 'taken' | null> {
    if (this.#standing(organizationId) === null) return null;
    const holder = externalId === null ? null : this.#store.organizationWith(externalId);
    if (holder !== null && holder !== organizationId) return 'taken';
    const before = { external_id: this.#store.get(organizationId)?.external_id ?? null };
    this.#transact(() => {
      this.#store.setExternalId(organizationId, externalId);
      if (trace !== undefined) this.#record(trace, organizationId, before, { external_id: externalId });
    });
    await this.#outbox.deliverSoon(this.ctx.id.name);
    return this.#store.get(organizationId);
  }

  async organizationWith(externalId: string): Promise<string | null> {
    return this.#store.organizationWith(externalId);
  }

  /** Begins to delete an organization; again, it answers how far that is. Null where there never was one. */
  async remove(organizationId: string, trace: AuditTrace | null = null): Promise<Deletion | null> {
    const entry = this.#standing(organizationId);
    const now = Date.now();
    if (entry !== null) {
      this.#transact(() => {
        this.#deletions.begin(entry, now, trace);
        this.#store.setExternalId(organizationId, null);
        this.#clock.arm(now, now);
      });
    }
    return this.#deletions.get(organizationId);
  }

  /** Goes on with the deletions that are under way. Never throws. */
  override alarm(): Promise<void> {
    touched(this.env, 'DIRECTORY', this.ctx.id.name);
    return this.#alarm.run(async () => {
      const due = await this.#deleter.run();
      if (due !== null) this.#clock.arm(due, Date.now());
      await this.#outbox.deliver();
    });
  }

  /** The last statements of a transaction. */
  #record(trace: AuditTrace, id: string, before: ExternalId, after: ExternalId): void {
    const changes = auditChanges<ExternalId>(before, after, ['external_id']);
    if (changes.length === 0) return;
    const [at, target] = [Date.now(), { type: 'organization' as const, id }];
    const act = { at, ...trace, action: 'organization.change' as const, target, outcome: 'done' as const };
    this.#outbox.put({ ...act, changes }, id);
    this.#clock.arm(at + OUTBOX_GUARANTEE, at);
  }

  /** An organization that is not being deleted. */
  #standing(organizationId: string): OrganizationEntry | null {
    const entry = this.#store.get(organizationId);
    return entry?.deleting_at === null ? entry : null;
  }

  /** What is finished is listed no more; that its name was given once stays. */
  #keep(organizationId: string, place: DeletionPlace): void {
    const finished = place.step === 'finished';
    this.#transact(() => {
      this.#deletions.save(organizationId, place, finished ? Date.now() : null);
      if (finished) this.#store.remove(organizationId);
    });
  }

  #transact<Answer>(work: () => Answer): Answer {
    return transact(this.ctx.storage, [this.#tables, this.#clock], work);
  }
}
