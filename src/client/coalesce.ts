import { mergePatches } from './merge-patches.ts';
import { COUNTERS, type Counts, isEnd, KINDS, MOST_ENTRIES, MOST_UNITS, type Saying } from './saying.ts';

/**
 * The algebra of coalescing: when two reports, one said right after the other, are one, so that their job is the same as if
 * it had been told both; but for its revision, the samples of its rate, and the order of entries of different kinds.
 *
 * | earlier, later | one |
 * | --- | --- |
 * | delta, delta | their sum |
 * | absolute, delta | the absolute with the delta added |
 * | absolute, absolute | the later, where it is no fall |
 * | message, message | the newer; the earlier is a line of the log, with its time |
 * | patch, patch of metadata | one patch, where there is one that does what both do |
 * | result, result | the later |
 * | errors, warnings, log lines | one after the other |
 *
 * Barriers: a stage that is another, a mark, a total. Each stands alone, since its event tells the figures of its moment. A
 * counter that falls, or is set where nobody knows from what, begins anew: progress that was shown never falls, so the job
 * must see the higher one. So does what would be too long for one report.
 */

/** What is known of the job from what was said before: what its counters stand at where they were set, its stage. */
export interface Levels {
  counts: Counts;
  stage: string | undefined;
}

/** Whether a saying stands alone, after what was said before it. */
export function isBarrier(saying: Saying, levels: Levels): boolean {
  const { stage, started, total_items, metadata_patch } = saying;
  const own = metadata_patch !== undefined && ('stage' in metadata_patch || 'last_message' in metadata_patch);
  return (
    started ||
    isEnd(saying) ||
    total_items !== undefined ||
    own ||
    (stage !== undefined && stage !== levels.stage)
  );
}

/** Whether a counter is set to less than it stands at, or where nobody knows what it stands at. */
export function mayFall({ set }: Saying, { counts }: Levels): boolean {
  return COUNTERS.some(
    (counter) => set[counter] !== undefined && !(set[counter] >= (counts[counter] ?? Number.NaN)),
  );
}

/** Adds what was said later to what was said before, in place, and answers whether it could: neither may be a barrier. */
export function coalesce(earlier: Saying, later: Saying): boolean {
  const patch = bothPatches(earlier, later);
  if (patch === null || !fits(earlier, later)) return false;
  join(earlier, later, patch);
  return true;
}

/** The same at any price but the counters’ and the entries’: of stages, totals and metadata the later win. */
export function squeeze(earlier: Saying, later: Saying): boolean {
  const patch = bothPatches(earlier, later) ?? { ...earlier.metadata_patch, ...later.metadata_patch };
  if (isEnd(later) || !fits(earlier, later)) return false;
  join(earlier, later, patch);
  earlier.started ||= later.started;
  earlier.total_items = later.total_items ?? earlier.total_items;
  return true;
}

/** What the job stands at after a saying. */
export function advance(levels: Levels, { set, add, stage }: Saying): void {
  const { counts } = levels;
  for (const counter of COUNTERS) {
    if (set[counter] !== undefined) counts[counter] = set[counter];
    else if (counts[counter] !== undefined) counts[counter] += add[counter] ?? 0;
  }
  levels.stage = stage ?? levels.stage;
}

function bothPatches(earlier: Saying, later: Saying): Saying['metadata_patch'] | null {
  if (earlier.metadata_patch === undefined) return later.metadata_patch;
  if (later.metadata_patch === undefined) return earlier.metadata_patch;
  return mergePatches(earlier.metadata_patch, later.metadata_patch);
}

/** Whether both are short enough for one report, and no sum of counters leaves the whole numbers that are exact. */
function fits(earlier: Saying, later: Saying): boolean {
  if (earlier.size + later.size > MOST_UNITS) return false;
  if (KINDS.some((kind) => earlier[kind].length + later[kind].length > MOST_ENTRIES)) return false;
  return COUNTERS.every((counter) => {
    const before = earlier.set[counter] ?? earlier.add[counter] ?? 0;
    return Number.isSafeInteger(before + (later.add[counter] ?? 0));
  });
}

function join(earlier: Saying, later: Saying, patch: Saying['metadata_patch']): void {
  for (const counter of COUNTERS) {
    const [set, add] = [later.set[counter], later.add[counter]];
    if (set !== undefined) {
      earlier.set[counter] = set;
      delete earlier.add[counter];
    } else if (add !== undefined) {
      const into = earlier.set[counter] === undefined ? earlier.add : earlier.set;
      into[counter] = (into[counter] ?? 0) + add;
    }
  }
  if (later.message !== undefined) {
    earlier.message = later.message;
    earlier.messageAt = later.messageAt < 0 ? -1 : earlier.logs.length + later.messageAt;
  }
  earlier.errors.push(...later.errors);
  earlier.warnings.push(...later.warnings);
  earlier.logs.push(...later.logs);
  earlier.metadata_patch = patch;
  earlier.result = later.result ?? earlier.result;
  earlier.stage = later.stage ?? earlier.stage;
  earlier.size += later.size;
  earlier.through = later.through;
}
