import { MergePatch } from '../base/merge-patch';
import { type Rejection, reject } from '../base/rejection';
import { type Command, isGiven, issuesOf } from './command';
import type { Change, Seen } from './draft';
import { entityId } from './issue';
import type { Job } from './job';
import { alive, endsJob, transition, type Verdict } from './transition';

/** The commands of one request or frame. They stand or fall together. */
export interface Unit {
  commands: Command[];
  /** In a batch a report that comes too late is skipped, and a refusal names the report it is about. */
  batch: boolean;
}

/** Whether a report of the unit has a place among its reporter's own. */
export function isSequenced({ commands }: Unit): boolean {
  return commands.some((command) => command.verb === 'report' && isGiven(command.report.reporter));
}

/** Whether a unit held nothing but what its reporters had gone beyond. */
export function isStale(verdicts: readonly Verdict[]): boolean {
  return verdicts.length > 0 && verdicts.every(({ reason }) => reason === 'stale');
}

/**
 * The refusal of such a unit where its sender waits for the answer: its worker has forgotten where it was, and must not
 * miss that it is not heard. Source: behaviour §2, "Exactly once, in order".
 */
export function refuseStale(last_sequence: number | null): Rejection {
  const goOn = 'Go on above it; a sequence that begins at the clock never falls behind.';
  if (last_sequence === null)
    return reject('stale_sequence', `The reporter’s last sequence is higher. ${goOn}`);
  const detail = `The reporter’s last sequence is ${last_sequence}. ${goOn}`;
  return { ...reject('stale_sequence', detail), last_sequence };
}

/** A merge patch copies what it touches of the metadata, once a unit. */
const PATCH_WEIGHT = 40;
const WEIGHTY_TEXT = 1_024;

/** The work that a unit is, in reports: what it appends counts like one, long texts and patched metadata for more. */
export function weighUnit({ commands }: Unit): number {
  let weight = 0;
  let patched = false;
  for (const command of commands) {
    weight += 1;
    if (command.verb !== 'report') continue;
    const { report } = command;
    patched ||= isGiven(report.metadata_patch);
    const appended = [...issuesOf(report, 'error'), ...issuesOf(report, 'warning'), ...(report.logs ?? [])];
    for (const { message } of appended) weight += 1 + message.length / WEIGHTY_TEXT;
  }
  return patched ? weight + PATCH_WEIGHT : weight;
}

export type UnitOutcome = { change: Change } & (
  | { outcome: 'accepted'; verdicts: Verdict[] }
  | { outcome: 'rejected'; rejection: Rejection }
);

/** Folds a unit through the machine. A rejected one leaves nothing but the sign of life it was. Pure. */
export function applyUnit(
  job: Job,
  unit: Unit,
  now: number,
  seen: Seen,
  patches = new MergePatch(),
): UnitOutcome {
  patches.seal();
  const change: Change = { job, entries: [], entities: [] };
  const added = new Set<string>();
  const counted: Seen = (entity) => added.has(entityId(entity)) || seen(entity);
  const verdicts: Verdict[] = [];
  const lenient = unit.commands.some(endsJob);
  for (const [index, command] of unit.commands.entries()) {
    const step = transition(change.job, command, now, counted, patches, lenient);
    if (step.outcome === 'accepted') {
      verdicts.push(step.verdict);
    } else if (unit.batch && step.rejection.code === 'job_terminal') {
      verdicts.push({ applied: false, revision: step.job.revision, reason: 'job_terminal' });
    } else {
      const rejection = unit.batch ? inBatch(step.rejection, index) : step.rejection;
      return { outcome: 'rejected', rejection, change: unit.batch ? alive(job, now, seen) : step };
    }
    change.job = step.job;
    change.entries.push(...step.entries);
    change.entities.push(...step.entities);
    for (const entity of step.entities) added.add(entityId(entity));
  }
  return { outcome: 'accepted', verdicts, change };
}

function inBatch(rejection: Rejection, index: number): Rejection {
  const place = `reports.${index}`;
  const errors = rejection.errors?.map(({ path, message }) => ({ path: `${place}.${path}`, message }));
  return {
    ...rejection,
    detail: `${place}: ${rejection.detail}`,
    ...(errors === undefined ? {} : { errors }),
  };
}
