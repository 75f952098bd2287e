/**
 * The service as behaviour.md describes it, kept in memory: given a request and the time it says what the answer is.
 * It is read from that page alone and shares nothing with the service it is compared with.
 */
import { type Answered, beside, controlOf, type Outcome, stale, tell, verdictBody } from './answer.ts';
import { isEnd, readMetadata, type Told } from './door.ts';
import { add } from './entries.ts';
import { DAY, type Given, isTerminal, type Job, newJob } from './job.ts';
import { cut, type Json, type JsonObject, same } from './json.ts';
import { inCancelWindow, type Report, takeReport, type Verdict } from './report.ts';
import { type Counted, typicalOf } from './stats.ts';
import { type Due, dues, type Rule, runAlarm, showLife } from './time.ts';

/** `job` is the place of a job among those the model knows; `raw` the body as it is sent. */
export type Request = {
  key?: string;
} /** `parent` is the place of the job that it is to be a child of. */ & (
  | { op: 'create'; given: Given; raw: string; parent?: number }
  | { op: 'report'; job: number; report: Report; raw: string; minimal?: boolean }
  | { op: 'batch'; job: number; reports: Report[]; raw: string }
  | { op: 'cancel'; job: number; reason: string | null; raw: string }
  | { op: 'rerun'; job: number; items: 'all' | 'failed'; raw: string }
  | { op: 'heartbeat' | 'delete' | 'get'; job: number }
  /** A body that no job can accept, refused at the door. */
  | { op: 'invalid'; job: number; raw: string; path: string }
);

const KEY_LIFE = DAY;
const KEY_LIMIT = 1_000;
const TOMBSTONE_LIFE = 41 * DAY;
const NOT_FOUND: Outcome = { status: 404, code: 'job_not_found' };
const CONFLICT = { status: 422, code: 'idempotency_conflict' };

/** A job made under a key: the object its id is derived for is the record. */
interface Derived {
  body: Json;
  job: Job;
  freeAt: number | null;
}

export class Model {
  now: number;
  readonly jobs: Job[] = [];
  readonly organization: string;
  readonly caller: string;
  /** The jobs that the organization had before. */
  readonly #before: readonly Counted[];
  readonly #derived = new Map<string, Derived>();

  constructor(organization: string, caller: string, now: number, before: readonly Counted[] = []) {
    this.#before = before;
    this.organization = organization;
    this.caller = caller;
    this.now = now;
  }

  /** All jobs that the organization ever had, as they are counted. */
  get ever(): Counted[] {
    return [...this.#before, ...this.jobs];
  }

  /** The job at a place; one made again under the same key has taken over the id of its removed predecessor. */
  at(place: number): Job {
    const job = this.jobs[place];
    if (!job) throw new Error(`no job ${place}`);
    return (job.removed ? this.jobs.find(({ id, removed }) => id === job.id && !removed) : null) ?? job;
  }

  answer(request: Request): Outcome {
    if (request.op === 'create')
      return this.#make(`create ${request.key}`, request, newJob(this.organization, request.given, this.now));
    if (request.op === 'invalid') return { status: 422, code: 'validation_failed', path: request.path };
    const job = this.at(request.job);
    if (job.removed) return NOT_FOUND;
    switch (request.op) {
      case 'get':
        return { status: 200, job };
      case 'heartbeat':
        if (isTerminal(job) && !inCancelWindow(job, this.now)) {
          return { status: 409, code: 'job_terminal', fields: { control: controlOf(job) }, head: job };
        }
        this.#touch(job);
        return {
          status: 200,
          fields: { status: job.status, revision: job.revision, control: controlOf(job) },
          head: job,
        };
      case 'delete':
        return this.#delete(job);
      case 'rerun':
        return this.#rerun(job, request);
      case 'cancel':
        return this.#keyed(job, request, () => this.#cancel(job, request.reason));
      case 'report':
        return this.#keyed(job, request, () => this.#report(job, request.report));
      case 'batch':
        return this.#keyed(job, request, () => this.#batch(job, request.reports));
    }
  }

  /** What time will do next, to any job, until `end`; null where nothing is due. */
  nextDue(end: number): (Due & { job: Job }) | null {
    const all = this.jobs.flatMap((job) => dues(job).map((due) => ({ ...due, job })));
    return all.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0] ?? null;
  }

  /** The alarm of one job's object runs; answers what it did. */
  alarm(job: Job): Rule | null {
    const rule = runAlarm(job, this.now);
    if (rule === 'removed') this.#bury(job);
    return rule;
  }

  #report(job: Job, report: Report): Answered {
    const verdict = takeReport(job, report, this.now);
    if ('status' in verdict) {
      this.#touch(job);
      return verdict;
    }
    if (verdict.reason === 'job_terminal') return { status: 409, code: 'job_terminal' };
    if (verdict.reason === 'stale') return stale(verdict);
    return { ...verdict, fields: { last_sequence: verdict.lastSequence, ...tell([verdict.told], false) } };
  }

  #batch(job: Job, reports: Report[]): Answered {
    const draft = structuredClone(job);
    const verdicts: Verdict[] = [];
    const ends = reports.some((report) => isEnd(report as JsonObject));
    for (const [index, report] of reports.entries()) {
      const verdict = takeReport(draft, report, this.now, ends);
      if ('status' in verdict) {
        this.#touch(job);
        return {
          ...verdict,
          path: `reports.${index}${verdict.path === undefined ? '' : `.${verdict.path}`}`,
        };
      }
      verdicts.push(verdict);
    }
    if (verdicts.every(({ reason }) => reason === 'stale')) return stale(verdicts.at(-1));
    Object.assign(job, draft);
    return {
      applied: verdicts.some(({ applied }) => applied),
      reason: null,
      revision: job.revision,
      fields: {
        verdicts: verdicts.map(verdictBody),
        stale: verdicts.filter(({ reason }) => reason === 'stale').length || null,
        ...tell(
          verdicts.map(({ told }) => told),
          true,
        ),
      },
    };
  }

  #cancel(job: Job, why: string | null): Answered {
    if (isTerminal(job) && job.status !== 'cancelled') return { status: 409, code: 'job_terminal' };
    const again = job.status === 'cancelled';
    if (!again) {
      const reason = why === null ? null : cut(why);
      job.status = 'cancelled';
      job.completedAt = this.now;
      job.cancellation = {
        reason,
        at: this.now,
        by: this.caller,
        acknowledgedAt: null,
        acknowledgedWith: null,
      };
      add(job, this.now, { kind: 'event', type: 'job.cancelled' });
      job.revision += 1;
    }
    return { applied: !again, reason: again ? 'already_ended' : null, revision: job.revision, fields: {} };
  }

  /** The key first: a known one is a replay or a conflict; what is answered under a new one is kept. */
  #keyed(job: Job, request: Request & { raw: string; minimal?: boolean }, run: () => Answered): Outcome {
    const nested = request.op === 'batch';
    const whole = { job, nested, head: job, ...(request.minimal ? { minimal: true } : {}) };
    const asked = { op: request.op, body: jsonOf(request) };
    const known = request.key === undefined ? undefined : job.keys.get(request.key);
    if (known && this.now - known.at < KEY_LIFE) {
      if (request.op !== 'cancel') this.#touch(job);
      if (!same(known.asked, asked)) return { ...CONFLICT, head: job };
      const { applied, reason } = known;
      const own = { applied, ...(nested ? { verdicts: null } : { reason }) };
      return { status: 200, ...whole, replayed: true, fields: beside(job, known.revision, own) };
    }
    const answered = run();
    if ('status' in answered) {
      const told = answered.status === 409 ? { control: controlOf(job), ...answered.fields } : undefined;
      return { ...answered, ...(told === undefined ? {} : { fields: told }), head: job };
    }
    const { applied, reason, revision } = answered;
    if (request.key !== undefined) {
      job.keys.delete(request.key);
      job.keys.set(request.key, { asked, applied, reason, revision, at: this.now });
      if (job.keys.size > KEY_LIMIT) job.keys.delete(job.keys.keys().next().value ?? '');
    }
    // Only what a worker sends is answered with a verdict; a cancel shows its own when it is replayed.
    if (request.op === 'cancel') {
      const { reason: why } = request;
      const adjusted = why !== null && cut(why) !== why ? [{ path: 'reason', reason: 'shortened' }] : [];
      const fields = { control: controlOf(job), ...tell([{ adjusted, ignored: [] }], false) };
      return { status: 200, ...whole, fields };
    }
    const own = nested ? answered.fields : { applied, reason, ...answered.fields };
    return { status: 200, ...whole, fields: beside(job, revision, own) };
  }

  #rerun(job: Job, request: Request & { op: 'rerun' }): Outcome {
    const name = `rerun ${job.id} ${request.key}`;
    const known = this.#known(name, request);
    if (known) return known;
    if (!isTerminal(job)) return { status: 409, code: 'job_not_terminal' };
    const failed = [...job.entities.error.values()];
    if (request.items === 'failed' && job.capped.error) return { status: 409, code: 'too_many_failed' };
    if (request.items === 'failed' && failed.length === 0) return { status: 409, code: 'nothing_failed' };
    const total_items = request.items === 'failed' ? failed.length : job.total;
    // Stage and last message given at creation are the first job's own, no part of its metadata.
    const { stage: _stage, last_message: _message, ...metadata } = job.given.metadata ?? {};
    const made = newJob(this.organization, { ...job.given, metadata, total_items }, this.now);
    made.lineage = { rerunOf: job.id, root: job.lineage.root ?? job.id, number: job.lineage.number + 1 };
    made.items = request.items === 'failed' ? failed : null;
    return this.#make(name, request, made);
  }

  #make(name: string, request: Request & { raw: string }, job: Job): Outcome {
    const known = this.#known(name, request);
    if (known) return known;
    const { parent_job_id } = job.given;
    // A rerun is a child as its original is, whatever became of the parent.
    if (request.op === 'create' && parent_job_id !== undefined && !this.#adopts(parent_job_id))
      return { status: 422, code: 'validation_failed', path: 'parent_job_id' };
    job.typical = typicalOf(this.ever, job.given.job_type);
    this.jobs.push(job);
    const told: Told = { adjusted: [], ignored: [] };
    if (request.op === 'create') readMetadata(request.given.metadata ?? {}, 'metadata', told);
    if (request.key !== undefined) this.#derived.set(name, { body: jsonOf(request), job, freeAt: null });
    const fields = { control: controlOf(job), ...tell([told], false) };
    return { status: 201, job, made: true, fields, head: job };
  }

  #adopts(id: string): boolean {
    return this.jobs.some((job) => job.id === id && !job.removed && job.given.parent_job_id === undefined);
  }

  #known(name: string, request: Request & { raw: string }): Outcome | null {
    const known = request.key === undefined ? undefined : this.#derived.get(name);
    if (!known || (known.freeAt !== null && this.now >= known.freeAt)) return null;
    if (known.job.removed || !same(known.body, jsonOf(request))) return CONFLICT;
    const { job } = known;
    return { status: 200, job, replayed: true, fields: { control: controlOf(job) }, head: job };
  }

  #delete(job: Job): Outcome {
    if (!isTerminal(job)) return { status: 409, code: 'job_not_terminal' };
    job.removed = true;
    this.#bury(job);
    return { status: 204 };
  }

  #bury(job: Job): void {
    for (const derived of this.#derived.values()) {
      if (derived.job === job) derived.freeAt = this.now + TOMBSTONE_LIFE;
    }
  }

  /** A sign of life on its own: a change where health was not `ok`. */
  #touch(job: Job): void {
    const { health } = job;
    showLife(job, this.now);
    if (job.health !== health) job.revision += 1;
  }
}

/** The body as a JSON value: its text is the sender's own affair. */
function jsonOf({ raw }: { raw: string }): Json {
  return raw === '' ? {} : (JSON.parse(raw) as Json);
}
