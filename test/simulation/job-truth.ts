import { nextDue } from '../../src/domain/job/health';
import { isTerminal, type Status } from '../../src/domain/job/job';
import { summarize } from '../../src/domain/job/summary';
import type { JobDO } from '../../src/objects/job/job-do';
import { AUDIT_SLOT, RINGS } from '../../src/objects/job/job-schema';
import { JobStore, type Stored } from '../../src/objects/job/job-store';
import type { Host } from './host';
import type { IndexTruth } from './index-truth';
import { InstanceStorage } from './storage';
import type { World } from './world';

/** How far away the alarm of an unpublished event may be (ms), and that of progress alone. */
const GUARANTEE = { events: 60_000, progress: 600_000 };

interface EntryRow {
  n: number;
  revision: number;
  body: string;
}

/** What one job's disk has ever held, read after every step, and the promises that can be judged by it. */
export class JobTruth {
  readonly jobId: string;
  readonly host: Host<JobDO>;
  /** Its events as JSON texts, the first at 0. */
  readonly events: string[] = [];
  /** Its log messages in order. */
  readonly messages: string[] = [];
  /** Null before it was created and after it was erased. */
  stored: Stored | null = null;
  created = false;
  /** It does another one again. */
  rerun = false;
  /** When it was deleted, by a request or at the end of its retention; null while it is there. */
  deletedAt: number | null = null;
  readonly #world: World;
  readonly #index: IndexTruth;
  readonly #summaries = new Map<number, string>();
  #revision = 0;
  #end: Status | null = null;
  #buried = false;
  #stamp = '';
  #changes = -1;

  constructor(world: World, index: IndexTruth, jobId: string, host: Host<JobDO>) {
    this.jobId = jobId;
    this.host = host;
    this.#world = world;
    this.#index = index;
  }

  get gone(): boolean {
    return this.deletedAt !== null;
  }

  observe(): void {
    const { disk } = this.host;
    const stamp = disk.stamp;
    if (stamp === this.#stamp) return;
    this.#stamp = stamp;
    if (disk.changes !== this.#changes) this.#read();
    if (this.stored !== null && !disk.ringing) this.#judgeAlarm(this.stored);
  }

  #read(): void {
    const { disk } = this.host;
    this.#changes = disk.changes;
    this.stored = new JobStore(new InstanceStorage(this.#world, disk).sql as unknown as SqlStorage).load();
    if (this.stored === null) {
      if (this.created && !this.gone) this.#violated('is gone');
      this.#buried = this.created;
      return;
    }
    if (this.#buried) this.#begin();
    this.created = true;
    this.rerun = this.stored.job.rerun_of !== null;
    this.deletedAt = this.stored.books.deleted_at;
    this.#judge(this.stored);
  }

  /** What the job says of itself at a revision is one text, whoever asks and whenever. */
  says(revision: number, summary: string): void {
    const known = this.#summaries.get(revision);
    if (known === undefined) this.#summaries.set(revision, summary);
    else if (known !== summary)
      this.#violated(`has two bodies at revision ${revision}: ${known} and ${summary}`);
  }

  /** Another job is made with the key that the old one has given back. */
  #begin(): void {
    this.events.length = 0;
    this.messages.length = 0;
    this.#summaries.clear();
    this.#revision = 0;
    this.#end = null;
    this.#buried = false;
    this.#index.forget(this.jobId);
  }

  #judge({ job }: Stored): void {
    if (job.revision < this.#revision) this.#violated(`went back from ${this.#revision} to ${job.revision}`);
    if (this.#end !== null && job.status !== this.#end) this.#violated(`left ${this.#end} for ${job.status}`);
    this.#revision = job.revision;
    this.#end = isTerminal(job.status) ? job.status : null;
    this.says(job.revision, JSON.stringify(summarize(job)));
    this.#take('event', job.events_total, this.events, ({ revision, body }) => `${revision} ${body}`);
    this.#take('log', job.log_entries_total, this.messages, ({ body }) => JSON.parse(body).message as string);
  }

  #take(kind: 'event' | 'log', total: number, known: string[], text: (row: EntryRow) => string): void {
    if (total < known.length) this.#violated(`lost ${known.length - total} ${kind}s`);
    if (total === known.length) return;
    const { base, slots } = RINGS[kind];
    const rows = this.host.disk.rows<EntryRow>(
      'SELECT n, revision, body FROM entry WHERE slot BETWEEN ? AND ? AND n > ? ORDER BY n',
      ...[base, base + slots - 1, known.length],
    );
    for (const row of rows) {
      if (row.n !== known.length + 1) this.#violated(`has ${kind} ${row.n} after ${known.length}`);
      known.push(text(row));
    }
    if (known.length !== total) this.#violated(`counts ${total} ${kind}s and has ${known.length}`);
  }

  #judgeAlarm({ job, books }: Stored): void {
    const { now } = this.#world;
    const alarm = this.host.disk.alarm ?? Number.POSITIVE_INFINITY;
    const { revision, through } = this.#index.known(this.jobId) ?? { revision: 0, through: 0 };
    if (revision > job.revision || through > job.events_total) this.#violated('is behind its index');
    const [carried] = this.host.disk.rows('SELECT 1 FROM entry WHERE slot >= ? LIMIT 1', AUDIT_SLOT);
    const carries = carried !== undefined;
    const behind = carries || revision < job.revision || through < job.events_total;
    const urgent = carries || through < job.events_total;
    const guarantee = urgent ? GUARANTEE.events : GUARANTEE.progress;
    if (behind && alarm > now + guarantee)
      this.#violated(`is unpublished, its alarm is ${alarm - now} ms away`);
    const due = books.deleted_at === null ? nextDue(job) : now + GUARANTEE.events;
    if (alarm > Math.max(due, now + 1_000) && !(books.deleted_at !== null && !behind)) {
      this.#violated(`has an alarm ${alarm - due} ms after its next due time`);
    }
  }

  #violated(what: string): void {
    this.#world.violated(`job ${this.jobId.slice(0, 8)} ${what}`);
  }
}
