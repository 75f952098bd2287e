import { DurableObject } from 'cloudflare:workers';
import type { AuditTrace } from '../../domain/audit/audit-record';
import type { Restatement } from '../../domain/feed/drift';
import { FEED_DAYS } from '../../domain/feed/feed';
import { isChild, withChild, withoutChild, withRerun } from '../../domain/job/children';
import { STATUS_TABLE } from '../../domain/job/status-table';
import { log } from '../../log';
import { type Namespaces, organizationOf } from '../address';
import { touched } from '../kit/open-objects';
import { standardOf } from '../kit/standard-of';
import type * as rpc from './contract';
import { totalsOf } from './entry-store';
import { JobAlarm } from './job-alarm';
import { JobCommits } from './job-commits';
import { JobCreation } from './job-creation';
import { jobSockets } from './job-sockets';
import { JobStore, type Stored } from './job-store';
import { JobTokens } from './job-tokens';
import { JobUpkeep } from './job-upkeep';
import { viewOf } from './job-view';
import { PublicationUpkeep } from './publication-upkeep';
import { Publisher } from './publisher';
import { publishingPort } from './publishing-port';
import { readReportAsk } from './report-contract';
import { Reporters } from './reporters';
import { rerunOf } from './rerun';
import { rowsAlone, rowsAt } from './rows-at';
import { readWatchAsk } from './watch-contract';
import { Watchers } from './watchers';

/** One job: the only truth about it. Loads, asks the pure machine, saves with the alarm in one transaction. */
export class JobDO extends DurableObject<Namespaces> implements rpc.JobObject {
  readonly #store: JobStore;
  readonly #watchers: Watchers;
  readonly #alarm: JobAlarm;
  readonly #publications: PublicationUpkeep;
  readonly #upkeep: JobUpkeep;
  readonly #tokens: JobTokens;
  readonly #commits: JobCommits;
  readonly #reporters: Reporters;
  readonly #creation: JobCreation;
  readonly #publisher: Publisher;

  constructor(ctx: DurableObjectState, env: Namespaces) {
    super(ctx, env);
    // Its alarm or a socket may have opened it: no stub was asked for.
    touched(env, 'JOB', ctx.id.name);
    this.#store = new JobStore(ctx.storage.sql);
    const publisher = new Publisher(publishingPort(this.#store, env, () => ctx.id.name));
    this.#publisher = publisher;
    const sockets = jobSockets(ctx);
    this.#watchers = new Watchers(ctx, sockets, this.#store);
    this.#alarm = new JobAlarm(ctx.storage, this.#store, this.#watchers);
    this.#publications = new PublicationUpkeep(this.#alarm, this.#store, publisher, () => ctx.id.name);
    const parts = {
      ...{ store: this.#store, publisher, watchers: this.#watchers },
      ...{ alarm: this.#alarm, publications: this.#publications },
    };
    this.#tokens = new JobTokens(parts);
    const forget = () => this.#commits.forget();
    this.#upkeep = new JobUpkeep(ctx, parts, forget, Number(env.FEED_DAYS ?? FEED_DAYS));
    this.#creation = new JobCreation({ ...parts, upkeep: this.#upkeep });
    this.#commits = new JobCommits({
      ...parts,
      storage: ctx.storage,
      limits: standardOf(env),
      load: () => this.#own(organizationOf(ctx.id.name), this.#store.loadToChange()),
    });
    this.#reporters = new Reporters(
      ctx,
      sockets,
      this.#commits,
      (tokens) => this.#tokens.takes(tokens),
      () => this.#store.jobId,
    );
    ctx.blockConcurrencyWhile(() => this.#publications.wake());
    this.#watchers.wake();
  }

  /** Creates the job, or answers it again to the key it was created with. */
  async create(organization: string, ask: rpc.CreateAsk): Promise<rpc.CreateAnswer> {
    if (organization !== organizationOf(this.ctx.id.name)) throw new Error('not this organization’s object');
    return this.#creation.create(organization, ask);
  }

  /** The job that this key created here, whatever it would create now; null where it created none. */
  async recreate(organization: string, key: rpc.UnitKey, want: rpc.Want): Promise<rpc.CreateAnswer | null> {
    if (organization !== organizationOf(this.ctx.id.name)) return null;
    return this.#creation.recreate(key, want);
  }

  /**
   * Applies a unit; null where there is no such job. A change of status is published before it is answered. Here and
   * below, `tokens` is the generation of the token that the call came by: there is no job for one that was revoked.
   */
  async apply(
    organization: string,
    ask: rpc.UnitAsk,
    want: rpc.Want,
    tokens?: number,
  ): Promise<rpc.Applied | null> {
    if (this.#creation.settling !== null) await this.#creation.settling;
    if (!this.#tokens.takes(tokens)) return null;
    if (organization !== organizationOf(this.ctx.id.name)) return null;
    const { applied, published } = await this.#commits.run({ ask, want, line: null });
    await published;
    return applied;
  }

  /** The job, or null. */
  async get(organization: string, want: rpc.Want, tokens?: number): Promise<rpc.JobView | null> {
    if (this.#creation.settling !== null) await this.#creation.settling;
    const stored = this.#load(organization, tokens);
    return stored === null ? null : viewOf(this.#store, stored, want);
  }

  /** A page of errors, warnings or events, oldest first; null where there is no such job. */
  async page(
    organization: string,
    { list, after, limit, bounds, filter, revision }: rpc.IssuePageAsk,
    tokens?: number,
  ): Promise<rpc.EntryText[] | rpc.RowsAt<rpc.EntryText, number> | null> {
    const stored = this.#load(organization, tokens);
    if (stored === null) return null;
    const total = totalsOf(stored.job)[list];
    const { rows, ...end } = this.#store.entries.page(list, total, after, bounds ?? rowsAlone(limit), filter);
    return rowsAt(stored, rows, revision, bounds && end);
  }

  /** A page of the log, oldest first; null where there is no such job. */
  async logPage(
    organization: string,
    { after, limit, bounds, filter, revision }: rpc.LogPageAsk,
    tokens?: number,
  ): Promise<rpc.LogLine[] | rpc.RowsAt<rpc.LogLine, rpc.LogPlace> | null> {
    const stored = this.#load(organization, tokens);
    if (stored === null) return null;
    const totals = totalsOf(stored.job);
    const { rows, ...end } = this.#store.entries.logPage(totals, after, bounds ?? rowsAlone(limit), filter);
    return rowsAt(stored, rows, revision, bounds && end);
  }

  /** `count` of a rerun's own items from the `from`th; null where there is no such job. */
  async items(
    organization: string,
    from: number,
    count: number,
    revision?: boolean,
    tokens?: number,
  ): Promise<rpc.Item[] | rpc.RowsAt<rpc.Item> | null> {
    const stored = this.#load(organization, tokens);
    return stored === null ? null : rowsAt(stored, this.#store.items(from, count), revision);
  }

  /** What a rerun of this job starts from; null where there is no such job. */
  async rerun(organization: string, items: 'all' | 'failed'): Promise<rpc.RerunAnswer | null> {
    const stored = this.#load(organization);
    if (stored === null) return null;
    return rerunOf(this.#store, stored.job, items);
  }

  /** Somebody looks at the job in a list: its progress is wanted now, and every `interval` (ms) from here on. */
  async look(organization: string, interval: number): Promise<void> {
    if (this.#load(organization) !== null) await this.#publications.look(interval);
  }

  /** What its index is to know of the job, one that is deleted and was not told of yet too. */
  async restate(organization: string, after: number | null): Promise<Restatement | null> {
    const stored = this.#store.load();
    if (stored === null || stored.job.organization_id !== organization) return null;
    this.#publications.recall(stored);
    return this.#publisher.restate(after);
  }

  /** Counts a child of the job, once; null where it can be no parent. */
  async adopt(organization: string, core: string): Promise<'adopted' | 'full' | null> {
    const stored = this.#load(organization);
    if (stored === null || isChild(stored.job)) return null;
    const { children } = this.#store;
    const taken = this.#alarm.transact(() => children.change(stored.job, (now) => withChild(now, core)));
    return taken ? 'adopted' : 'full';
  }

  async adoptRerun(organization: string, core: string): Promise<void> {
    const stored = this.#load(organization);
    if (stored === null) return;
    const { children } = this.#store;
    this.#alarm.transact(() => children.change(stored.job, (now) => withRerun(now, core)));
  }

  async disown(organization: string, core: string): Promise<void> {
    const stored = this.#load(organization);
    if (stored === null) return;
    const { children } = this.#store;
    this.#alarm.transact(() => children.change(stored.job, (now) => withoutChild(now, core)));
  }

  async newestChildren(organization: string): Promise<string[]> {
    if (this.#load(organization) === null) return [];
    const { newest, reruns = [] } = this.#store.children.known;
    return [...newest, ...reruns];
  }

  /** Deletes an ended job: a 404 from now on, removed once the index knows. */
  async remove(organization: string, trace?: AuditTrace): Promise<'removed' | 'not_terminal' | null> {
    const stored = this.#load(organization);
    if (stored === null) return null;
    if (STATUS_TABLE[stored.job.status].delete !== 'apply') return 'not_terminal';
    this.#upkeep.markDeleted(stored, Date.now(), trace);
    await this.#watchers.changed(true);
    await this.#publications.published();
    await this.#upkeep.eraseIfPublished();
    return 'removed';
  }

  /** Deletes all there is of the job, at once, and tells nobody but those who watch it: its organization is deleted. */
  async erase(organization: string): Promise<void> {
    if (organization !== organizationOf(this.ctx.id.name)) return;
    await this.#upkeep.vanish();
    await this.#watchers.changed(true);
  }

  /**
   * Accepts the socket of a watcher or a reporter: 101, 204 where nothing will follow, 404 where there is no such job, 503
   * where there is no room.
   */
  override async fetch({ url, headers }: Request): Promise<Response> {
    const [report, watch] = [readReportAsk(url), readWatchAsk(url)];
    const ask = report ?? watch;
    if (ask === null || headers.get('Upgrade') !== 'websocket') return new Response(null, { status: 400 });
    if (this.#creation.settling !== null) await this.#creation.settling;
    const stored = this.#load(ask.organization, ask.tokens);
    if (stored === null) return new Response(null, { status: 404 });
    if (watch === null) return this.#reporters.accept(ask);
    const now = Date.now();
    const response = this.#watchers.accept(stored, watch, now);
    this.#publications.arm(stored.job, now);
    return response;
  }

  /** Reports, from a reporter's socket. */
  override async webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): Promise<void> {
    touched(this.env, 'JOB', this.ctx.id.name);
    try {
      if (typeof message === 'string') this.#reporters.take(socket, message);
    } catch (cause) {
      log('error', 'relay_failed', { job_id: this.#store.jobId, cause });
      this.#gone(socket);
      socket.close(1011, 'failed');
    }
  }

  /** The other end has closed: so does this one, lest it sees a broken connection. */
  override async webSocketClose(socket: WebSocket): Promise<void> {
    this.#gone(socket);
    socket.close(1000);
  }

  override async webSocketError(socket: WebSocket): Promise<void> {
    this.#gone(socket);
  }

  #gone(socket: WebSocket): void {
    this.#reporters.gone(socket);
    this.#watchers.gone(socket);
  }

  /** What a token made now is to carry, and one shown now must; null where there is no such job. */
  async tokenGeneration(organization: string): Promise<number | null> {
    return this.#load(organization) === null ? null : this.#store.tokenGeneration();
  }

  /** Revokes all tokens of the job; false where there is none. */
  async revokeTokens(organization: string, trace?: AuditTrace): Promise<boolean> {
    const stored = this.#load(organization);
    if (stored === null) return false;
    await this.#tokens.revoke(stored, trace);
    return true;
  }

  /** Runs all that is due. Never throws. */
  override async alarm(): Promise<void> {
    touched(this.env, 'JOB', this.ctx.id.name);
    await this.#upkeep.run();
  }

  /** The job if it is there and of this organization: the router has checked, the object checks again. */
  #load(organization: string, tokens?: number): Stored | null {
    return this.#tokens.takes(tokens) ? this.#own(organization, this.#store.load()) : null;
  }

  #own(organization: string, stored: Stored | null): Stored | null {
    if (stored === null || stored.books.deleted_at !== null) return null;
    if (stored.job.organization_id !== organization || organizationOf(this.ctx.id.name) !== organization)
      return null;
    this.#publications.recall(stored);
    return stored;
  }
}
