import { mergePatches } from './merge-patches.ts';
import {
  COUNTERS,
  type Fields,
  isEnd,
  KINDS,
  MOST_ENTRIES,
  MOST_UNITS,
  type Saying,
  textSize,
} from './saying.ts';

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
export type Levels = Pick<Fields, 'processed_items' | 'failed_items' | 'warned_items' | 'stage'>;

/** Each counter by the names of the fields that set it and add to it. */
const NAMES = COUNTERS.map((counter) => [`${counter}_items`, `${counter}_delta`] as const);

/** Whether a saying stands alone, after what was said before it. */
export function isBarrier(saying: Saying, levels: Levels): boolean {
  const { stage = levels.stage, mark_started, total_items, metadata_patch = {} } = saying.fields;
  const isOwn = 'stage' in metadata_patch || 'last_message' in metadata_patch;
  return isEnd(saying) || isOwn || stage !== levels.stage || (mark_started ?? total_items) !== undefined;
}

/** Whether a counter is set to less than it stands at, or where nobody knows what it stands at. */
export function mayFall({ fields }: Saying, levels: Levels): boolean {
  return NAMES.some(([set]) => fields[set] !== undefined && !(fields[set] >= (levels[set] as number)));
}

/** Adds what was said later to what was said before, in place, and answers whether it could: neither may be a barrier. */
export function coalesce(earlier: Saying, later: Saying): boolean {
  const patch = bothPatches(earlier.fields, later.fields);
  return patch !== null && join(earlier, later, patch);
}

/**
 * The same at any price but the counters’ and the entries’: of stages, totals, metadata and results the later win, and however
 * long these two are, since each is as long as the service takes.
 */
export function squeeze(earlier: Saying, later: Saying): boolean {
  const [one, other] = [earlier.fields.metadata_patch, later.fields.metadata_patch];
  let patch = bothPatches(earlier.fields, later.fields);
  if (patch === null) patch = { ...one, ...other };
  if (patch && textSize({ metadata_patch: patch }) > MOST_UNITS) patch = other ?? one;
  return !isEnd(later) && join(earlier, later, patch, true);
}

/** What the job stands at after a saying. */
export function advance(levels: Levels, { fields }: Saying): void {
  for (const [set, added] of NAMES) {
    const level = fields[set] ?? levels[set];
    if (level !== undefined) levels[set] = fields[set] === undefined ? level + (fields[added] ?? 0) : level;
  }
  if (fields.stage !== undefined) levels.stage = fields.stage;
}

function bothPatches(earlier: Fields, later: Fields): Fields['metadata_patch'] | null {
  if (earlier.metadata_patch === undefined) return later.metadata_patch;
  if (later.metadata_patch === undefined) return earlier.metadata_patch;
  return mergePatches(earlier.metadata_patch, later.metadata_patch);
}

/** Joins them where both are short enough for one report, and no sum of counters leaves the whole numbers that are exact. */
function join(earlier: Saying, later: Saying, patch: Fields['metadata_patch'], squeezed = false): boolean {
  if (KINDS.some((kind) => earlier[kind].length + later[kind].length > MOST_ENTRIES)) return false;
  const { fields } = earlier;
  const joined = { ...fields, ...later.fields };
  for (const [set, added] of NAMES) {
    const delta = later.fields[added];
    if (later.fields[set] !== undefined) delete joined[added];
    if (delta === undefined) continue;
    delete joined[added];
    const into = fields[set] === undefined ? added : set;
    joined[into] = (fields[into] ?? 0) + delta;
    if (!Number.isSafeInteger(joined[into])) return false;
  }
  if (patch !== undefined) joined.metadata_patch = patch;
  // Of what both tell one is left. Most reports are counters, and have no size.
  const told = later.size > 0 ? textSize(later.fields) : 0;
  const size = earlier.size + later.size + (told > 0 ? textSize(joined) - textSize(fields) - told : 0);
  if (size - (squeezed ? textSize(joined) : 0) > MOST_UNITS) return false;
  earlier.fields = joined;
  earlier.size = size;
  if (later.message !== undefined) {
    earlier.message = later.message;
    earlier.messageAt = later.messageAt < 0 ? -1 : earlier.logs.length + later.messageAt;
  }
  for (const kind of KINDS) (earlier[kind] as unknown[]).push(...later[kind]);
  earlier.through = later.through;
  return true;
}
