import { shorten } from './shorten.ts';
import type { Issue, JsonObject, LogEntry, Report } from './types.ts';

export const COUNTERS = ['processed', 'failed', 'warned'] as const;
export type Counter = (typeof COUNTERS)[number];
export type Counts = Partial<Record<Counter, number>>;

/** What was said and is not under way yet: a report in the form in which reports add up. */
export interface Saying {
  /** Counters that are set, and what is added to them: never both to one. */
  set: Counts;
  add: Counts;
  /** The newest message; its line stands in `logs` at `messageAt`, or no longer where that is -1. */
  message: string | undefined;
  messageAt: number;
  errors: Issue[];
  warnings: Issue[];
  logs: LogEntry[];
  metadata_patch: JsonObject | undefined;
  result: unknown;
  stage: string | undefined;
  total_items: number | undefined;
  started: boolean;
  completed: boolean;
  failed: string | undefined;
  /** A barrier: nothing is added to it. */
  alone: boolean;
  /** About how long its texts are as JSON (UTF-16 units). */
  size: number;
  /** How many things had been said when the last of it was. */
  through: number;
}

/** What a report appends, what is dropped first standing first. */
export const KINDS = ['logs', 'warnings', 'errors'] as const;
export type Kind = (typeof KINDS)[number];

/** Entries of one kind in a report. Source: behaviour §2. */
export const MOST_ENTRIES = 1_000;
/** UTF-16 units of a report: as JSON in UTF-8 each is six bytes at most, and a report may have 262,144. */
export const MOST_UNITS = 40_000;
/** `metadata` and `result`, in bytes as JSON. Source: behaviour §1. */
const MOST_CONTENT = 65_536;

/** What is the matter with a field, which is left out. */
export type Fault = (field: string, message: string) => void;

/** An entry longer than this as JSON loses its details, and then the rest of its texts but their heads (UTF-16 units). */
const LONGEST_ENTRY = 16_384;
const LONGEST_NAME = 512;
/** What stands around the fields of a report, and around a line of its log. */
export const FRAME = 100;
const encoder = new TextEncoder();

/**
 * A report said at `at` (ms since 1970), copied: what its author changes afterwards is not in it. Throws where something in it
 * is no JSON; a counter that is no whole number from 0 to 2^53 - 1 is left out.
 */
export function sayingOf(report: Report, at: number, fault: Fault): Saying {
  const given = report.message ?? undefined;
  const lines: LogEntry[] = given === undefined ? [] : [{ level: 'info', message: given }];
  const logs = [...lines, ...(report.logs ?? [])].map((log) => toLog(log, at));
  const saying: Saying = {
    ...blank(),
    message: given === undefined ? undefined : shorten(String(given)),
    messageAt: given === undefined ? -1 : 0,
    errors: [...(report.error ? [report.error] : []), ...(report.errors ?? [])].map(toIssue),
    warnings: [...(report.warning ? [report.warning] : []), ...(report.warnings ?? [])].map(toIssue),
    logs,
    metadata_patch: content('metadata_patch', report.metadata_patch, fault),
    result: content('result', report.result, fault),
    stage: report.stage == null ? undefined : shorten(String(report.stage)),
    total_items: counted('total_items', report.total_items, fault),
    started: report.mark_started === true,
    completed: report.mark_completed === true,
    failed: typeof report.mark_failed === 'string' ? shorten(report.mark_failed) : undefined,
  };
  for (const counter of COUNTERS) {
    const set = counted(`${counter}_items`, report[`${counter}_items`], fault);
    const add = counted(`${counter}_delta`, report[`${counter}_delta`], fault);
    if (set !== undefined && add !== undefined)
      fault(`${counter}_delta`, `must not come with ${counter}_items`);
    if (set !== undefined) saying.set[counter] = set;
    else if (add !== undefined) saying.add[counter] = add;
  }
  return sized(saying);
}

/** Whether it ends its job. */
export function isEnd({ completed, failed }: Saying): boolean {
  return completed || failed !== undefined;
}

/** A saying that is too long for one report as several that say the same: its entries follow it, its end comes last. */
export function partsOf(saying: Saying): Saying[] {
  if (saying.size <= MOST_UNITS && KINDS.every((kind) => saying[kind].length < MOST_ENTRIES)) return [saying];
  const lead = saying.messageAt === 0 ? saying.logs.slice(0, 1) : [];
  const parts: Saying[] = [
    sized({ ...saying, logs: lead, errors: [], warnings: [], completed: false, failed: undefined }),
  ];
  for (const kind of ['errors', 'warnings', 'logs'] as const) {
    for (const entry of saying[kind].slice(kind === 'logs' ? lead.length : 0)) {
      let part = parts.at(-1) as Saying;
      if (part.size + entrySize(entry) > MOST_UNITS || part[kind].length >= MOST_ENTRIES) {
        part = blank();
        parts.push(part);
      }
      part[kind].push(entry as Issue & LogEntry);
      part.size += entrySize(entry);
    }
  }
  const { completed, failed } = saying;
  if (isEnd(saying)) parts.push(sized({ ...blank(), completed, failed }));
  return parts;
}

/** The report that a saying becomes: of messages but the newest only their lines in the log are left. */
export function reportOf(saying: Saying): Report {
  const { set, add, errors, warnings, logs, message, messageAt, result, stage, total_items } = saying;
  const leads = messageAt === 0;
  const patch =
    message === undefined || leads
      ? saying.metadata_patch
      : { ...saying.metadata_patch, last_message: message };
  const rest = leads ? logs.slice(1) : logs;
  const report: Report = {};
  if (saying.started) report.mark_started = true;
  for (const counter of COUNTERS) {
    if (set[counter] !== undefined) report[`${counter}_items`] = set[counter];
    if (add[counter] !== undefined) report[`${counter}_delta`] = add[counter];
  }
  if (total_items !== undefined) report.total_items = total_items;
  if (stage !== undefined) report.stage = stage;
  if (leads && message !== undefined) report.message = message;
  if (patch !== undefined) report.metadata_patch = patch;
  if (result !== undefined) report.result = result;
  if (errors.length > 0) report.errors = errors;
  if (warnings.length > 0) report.warnings = warnings;
  if (rest.length > 0) report.logs = rest;
  if (saying.completed) report.mark_completed = true;
  if (saying.failed !== undefined) report.mark_failed = saying.failed;
  return report;
}

/** About how long an entry is as JSON (UTF-16 units). */
export function entrySize(entry: Issue | LogEntry): number {
  return 'level' in entry ? FRAME + entry.message.length : JSON.stringify(entry).length;
}

function blank(): Saying {
  return {
    ...{ set: {}, add: {}, message: undefined, messageAt: -1, errors: [], warnings: [], logs: [] },
    ...{ metadata_patch: undefined, result: undefined, stage: undefined, total_items: undefined },
    ...{ started: false, completed: false, failed: undefined, alone: false, size: 0, through: 0 },
  };
}

function sized(saying: Saying): Saying {
  saying.size = lengthOf(saying);
  return saying;
}

function lengthOf({ errors, warnings, logs, metadata_patch, result, failed, stage }: Saying): number {
  let size = (failed?.length ?? 0) + (stage?.length ?? 0);
  for (const entry of [...errors, ...warnings, ...logs]) size += entrySize(entry);
  for (const value of [metadata_patch, result])
    size += value === undefined ? 0 : JSON.stringify(value).length;
  return size;
}

function toLog({ level, message, timestamp }: LogEntry, at: number): LogEntry {
  return { level, message: shorten(String(message)), timestamp: timestamp ?? new Date(at).toISOString() };
}

function toIssue(issue: Issue): Issue {
  const whole = copy({ ...issue, message: shorten(String(issue.message)) });
  if (JSON.stringify(whole).length <= LONGEST_ENTRY) return whole;
  const { entity_key, error_type, message, entity_type, step } = whole;
  const names = { entity_key, error_type, entity_type, step };
  const heads = Object.entries(names).map(([name, text]) => {
    return [name, typeof text === 'string' ? text.slice(0, LONGEST_NAME) : text];
  });
  return { ...(Object.fromEntries(heads) as typeof names), message, details: { truncated: true } };
}

function counted(field: string, value: unknown, fault: Fault): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number;
  fault(field, 'must be a whole number from 0 to 2^53 - 1');
  return undefined;
}

function content<Value>(field: string, value: Value, fault: Fault): NonNullable<Value> | undefined {
  const copied = copy(value ?? undefined);
  if (copied === undefined || encoder.encode(JSON.stringify(copied)).byteLength <= MOST_CONTENT)
    return copied;
  fault(field, `must be at most ${MOST_CONTENT} bytes as JSON`);
  return undefined;
}

function copy<Value>(value: Value): Value {
  return value === undefined ? value : JSON.parse(JSON.stringify(value));
}
