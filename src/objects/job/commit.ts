import { STANDARD_LIMITS } from '../../domain/access/limits';
import type { AuditRecord } from '../../domain/audit/audit-record';
import { MergePatch } from '../../domain/base/merge-patch';
import { type Rejection, reject } from '../../domain/base/rejection';
import { BACKLOG_LIMIT, isDirty, type Position, positionOf } from '../../domain/feed/publication';
import type { NewsKind } from '../../domain/feed/publishing-pace';
import { type Change, type EntryKind, hasEvent, type Seen } from '../../domain/job/draft';
import { entityId } from '../../domain/job/issue';
import { type JobLimits, ReportRate } from '../../domain/job/report-rate';
import { alive } from '../../domain/job/transition';
import { applyUnit, isSequenced, isStale } from '../../domain/job/unit';
import type { UnitAnswer, UnitAsk } from './contract';
import { cancelRecord } from './job-audit';
import { RINGS } from './job-schema';
import type { JobStore, Stored } from './job-store';
import { addRecords, bodyOf, isSameBody, type KeyLedger, type KeyRecord } from './key-ledger';
import type { Publisher } from './publisher';

export interface Commit {
  answers: UnitAnswer[];
  stored: Stored;
  records: KeyRecord[];
  /** What was written: nothing, no new revision, or news for the index. */
  kind: 'nothing' | 'silent' | NewsKind;
}

/** Units of one sender that came one after another, more than one at a time: none may overtake what it follows. */
export interface Line {
  /** One with a sequence was refused for now: what follows it is too, so that it can be sent again in order. */
  broken: boolean;
}

export interface CommitUnit {
  ask: UnitAsk;
  line: Line | null;
  /** It only holds the place of a unit that there was no room for, and is refused in its turn. */
  crowded?: { sequenced: boolean };
}

/** What a commit asks of the job's publisher. */
export type Publishing = Pick<Publisher, 'acknowledged' | 'publishesAtOnce' | 'marks'>;

/** The refusal of a unit that there is no room for among those that wait for their commit. */
export const CROWDED = reject(
  'overloaded',
  'Too many of this job’s reports wait for their commit. Send it again.',
);

/**
 * Folds units through the pure machine and saves once: one job row, the appended rows, the idempotency records. A
 * refused unit leaves no trace but its sign of life. Run in a transaction.
 */
export function commitUnits(
  store: JobStore,
  stored: Stored,
  ledger: () => KeyLedger,
  publishing: Publishing,
  members: readonly CommitUnit[],
  now: number,
  patches = new MergePatch(),
  { rate, limits }: Pacing = { rate: new ReportRate(now), limits: STANDARD_LIMITS },
): Commit {
  const { acknowledged } = publishing;
  const change: Change = { job: stored.job, entries: [], entities: [] };
  const records = new Map<string, KeyRecord>();
  const counted = new Set<string>();
  const acts: AuditRecord[] = [];
  const seen: Seen = (entity) => counted.has(entityId(entity)) || store.seen(entity);
  const kinds: EntryKind[][] = [];
  const answers = members.map((member) => {
    const known = { seen, patches, ledger, records, acknowledged, rate, limits, now };
    const step = commitUnit(known, change, member);
    const { trace } = member.ask;
    if (trace !== undefined && isNew(step.answer))
      acts.push(cancelRecord(trace, change.job, step.change.job, now));
    change.job = step.change.job;
    change.entries.push(...step.change.entries);
    kinds.push(step.change.entries.map(({ kind }) => kind));
    change.entities.push(...step.change.entities);
    for (const entity of step.change.entities) counted.add(entityId(entity));
    if (step.record !== null) records.set(step.record.key, step.record);
    return step.answer;
  });
  const added = [...records.values()];
  const kind = kindOf(stored, change, added);
  if (kind === 'nothing') return { answers, stored, records: added, kind };
  const ledgerWrite = addRecords(stored.books.keys, stored.books.keys_total, added);
  const { keys, keys_total } = ledgerWrite;
  const books = { ...stored.books, keys, keys_total, ...marksOf(publishing, kind, stored, change, now) };
  const most = members.at(-1)?.ask.limits?.job_bytes ?? limits.job_bytes;
  const bound = store.save(stored.job, change, books, most);
  store.sealedKeys.write(ledgerWrite);
  for (const act of acts) store.carried.add(act, change.job.revision);
  if (bound.size > 0) {
    for (const [index, answer] of answers.entries()) tellBound(answer, kinds[index] ?? [], bound);
  }
  return { answers, stored: { job: change.job, books }, records: added, kind };
}

/** Whether a unit has changed the job by now, and did not before. */
function isNew(answer: UnitAnswer): boolean {
  return answer.outcome === 'done' && answer.applied && !answer.replayed;
}

/** Says in the answer to a unit that entries of its kinds took the place of older ones. */
function tellBound(answer: UnitAnswer, kinds: readonly EntryKind[], bound: ReadonlySet<EntryKind>): void {
  const own = [...bound].filter((kind) => kinds.includes(kind));
  if (answer.outcome === 'done' && own.length > 0) answer.bound = own;
}

interface Step {
  answer: UnitAnswer;
  change: Change;
  record: KeyRecord | null;
}

/** What a commit knows beside the job. */
interface Known extends Pacing {
  seen: Seen;
  patches: MergePatch;
  /** Opened by the first key that is looked up. */
  ledger: () => KeyLedger;
  /** The records of this commit, by key. */
  records: ReadonlyMap<string, KeyRecord>;
  acknowledged: Position;
  now: number;
}

/** How fast the job takes reports: what its object has counted, and the limits where an ask names none. */
export interface Pacing {
  rate: ReportRate;
  limits: JobLimits;
}

function commitUnit(
  { seen, patches, ledger, records, acknowledged, rate, limits, now }: Known,
  soFar: Change,
  { ask: { unit, key, limits: own = limits }, line, crowded }: CommitUnit,
): Step {
  const { job } = soFar;
  /** The answer to a unit that is a sign of life at most. */
  const quiet = (answer: UnitAnswer): Step => {
    const change =
      unit.commands[0]?.verb === 'cancel' ? { job, entries: [], entities: [] } : alive(job, now, seen);
    return { answer, change, record: null };
  };
  /** It is to be sent again, and so is what follows one with a sequence. */
  const later = (rejection: Rejection, sequenced = isSequenced(unit)): Step => {
    if (line !== null && sequenced) line.broken = true;
    return quiet(refused(rejection));
  };
  if (line?.broken) {
    return later(reject('overloaded', 'A report before this one has to be sent again first.'));
  }
  if (crowded !== undefined) return later(CROWDED, crowded.sequenced);

  const kept = key === null ? null : (records.get(key.key) ?? ledger().find(key.key, now));
  if (key !== null && kept !== null) {
    if (isSameBody(kept.body, key)) return quiet(replay(kept));
    const detail = 'This Idempotency-Key was used for another request. Send the same body, or a new key.';
    return quiet(refused(reject('idempotency_conflict', detail)));
  }

  const tooFast = rate.admit(unit, own, now);
  if (tooFast !== null) return later(tooFast);

  const outcome = applyUnit(job, unit, now, seen, patches);
  if (outcome.outcome === 'rejected') {
    return { answer: refused(outcome.rejection), change: outcome.change, record: null };
  }
  if (isHeldBack(soFar, outcome.change, acknowledged)) {
    const detail = 'Too many of the job’s events wait for its index. Send the report again.';
    return later(reject('overloaded', detail));
  }
  const last = outcome.verdicts.at(-1);
  const applied = outcome.verdicts.some((verdict) => verdict.applied);
  const reason = unit.batch ? null : (last?.reason ?? null);
  const revision = outcome.change.job.revision;
  const answer: UnitAnswer = {
    outcome: 'done',
    applied,
    reason,
    revision,
    last_sequence: last?.last_sequence ?? null,
    verdicts: outcome.verdicts,
    replayed: false,
  };
  const record =
    key === null || isStale(outcome.verdicts)
      ? null
      : { key: key.key, body: bodyOf(key), revision, at: now, applied, reason };
  return { answer, change: outcome.change, record };
}

function refused(rejection: Rejection): UnitAnswer {
  return { outcome: 'refused', rejection };
}

function replay({ applied, reason, revision }: KeyRecord): UnitAnswer {
  return { outcome: 'done', applied, reason, revision, last_sequence: null, verdicts: null, replayed: true };
}

/**
 * Whether a unit that adds events must wait for the index, so that none is overwritten unpublished. A change of status
 * is admitted as long as the ring has room for it and what comes with it.
 */
function isHeldBack(soFar: Change, after: Change, acknowledged: Position): boolean {
  const waiting = soFar.job.events_total - acknowledged.events;
  const added = after.job.events_total - soFar.job.events_total;
  if (added === 0 || waiting < BACKLOG_LIMIT) return false;
  return !(turns(after) && waiting + added <= RINGS.event.slots);
}

/**
 * What the row says of publishing. News within the minute that is no event leaves no other trace in it: until the index
 * has it, whoever knows only the row takes the job for one that has never published.
 */
function marksOf(
  publishing: Publishing,
  kind: 'silent' | NewsKind,
  { job, books }: Stored,
  change: Change,
  now: number,
) {
  const waits = books.pub_at === null && isDirty(positionOf(job), publishing.acknowledged);
  if (waits || (kind === 'stage' && !hasEvent(change))) return publishing.marks(Number.NEGATIVE_INFINITY);
  return publishing.marks(kind !== 'silent' && publishing.publishesAtOnce(kind, now) ? now : undefined);
}

function turns({ entries }: Change): boolean {
  return entries.some((entry) => entry.kind === 'event' && entry.body.type !== 'job.stage_changed');
}

function kindOf(stored: Stored, change: Change, records: readonly KeyRecord[]): Commit['kind'] {
  const { job } = change;
  if (job.revision === stored.job.revision)
    return job === stored.job && records.length === 0 ? 'nothing' : 'silent';
  if (turns(change)) return 'transition';
  const first = stored.job.last_report_at === null;
  return hasEvent(change) || first || job.health !== stored.job.health ? 'stage' : 'progress';
}
