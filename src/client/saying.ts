import { shorten } from './shorten.ts';
import type { Issue, LogEntry, Report } from './types.ts';

export const COUNTERS = ['processed', 'failed', 'warned'] as const;

/** The fields of a report that were given, but for its message and what it appends. */
export type Fields = Omit<
  { [Field in keyof Report]?: NonNullable<Report[Field]> },
  'message' | 'error' | 'warning' | Kind
>;

/** What was said and is not under way yet: a report in the form in which reports add up. */
export interface Saying {
  fields: Fields;
  /** The newest message; its line stands in `logs` at `messageAt`, or no longer where that is -1. */
  message: string | undefined;
  messageAt: number;
  errors: Issue[];
  warnings: Issue[];
  logs: LogEntry[];
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

/** What stands around the fields of a report, and around a line of its log. */
export const FRAME = 100;
const encoder = new TextEncoder();

/**
 * A report said at `at` (ms since 1970), copied: what its author changes afterwards is not in it. Throws where something in it
 * is no JSON; a counter that is no whole number from 0 to 2^53 - 1 is left out.
 */
export function sayingOf(report: Report, at: number, fault: Fault): Saying {
  const { message, error, errors, warning, warnings, logs, ...rest } = report;
  const saying = blank();
  for (const [field, value] of Object.entries(rest)) {
    const kept = value == null || value === false ? undefined : fieldOf(field, value, fault);
    if (kept !== undefined) saying.fields[field as 'stage'] = kept as string;
  }
  for (const counter of COUNTERS) {
    const { [`${counter}_items` as const]: set, [`${counter}_delta` as const]: added } = saying.fields;
    if (set === undefined || added === undefined) continue;
    fault(`${counter}_delta`, `must not come with ${counter}_items`);
    delete saying.fields[`${counter}_delta`];
  }
  if (message != null) {
    saying.message = shorten(String(message));
    saying.messageAt = 0;
    saying.logs.push(toLog({ level: 'info', message }, at));
  }
  saying.errors = [error ?? [], errors ?? []].flat().map(toIssue);
  saying.warnings = [warning ?? [], warnings ?? []].flat().map(toIssue);
  saying.logs.push(...(logs ?? []).map((log) => toLog(log, at)));
  return sized(saying);
}

/** Whether it ends its job. */
export function isEnd({ fields }: Saying): boolean {
  return fields.mark_completed !== undefined || fields.mark_failed !== undefined;
}

/** A saying that is too long for one report as several that say the same: its entries follow it, its end comes last. */
export function partsOf(saying: Saying): Saying[] {
  if (saying.size <= MOST_UNITS && KINDS.every((kind) => saying[kind].length < MOST_ENTRIES)) return [saying];
  const { mark_completed, mark_failed, ...fields } = saying.fields;
  const lead = saying.messageAt + 1;
  const first = { ...saying, fields, logs: saying.logs.slice(0, lead), errors: [], warnings: [] };
  const parts: Saying[] = [sized(first)];
  for (const kind of KINDS) {
    for (const entry of saying[kind].slice(kind === 'logs' ? lead : 0)) {
      let part = parts.at(-1) as Saying;
      const size = entrySize(entry);
      if (part.size + size > MOST_UNITS || part[kind].length >= MOST_ENTRIES) {
        part = blank();
        parts.push(part);
      }
      part[kind].push(entry as Issue & LogEntry);
      part.size += size;
    }
  }
  if (mark_failed !== undefined) parts.push(sized({ ...blank(), fields: { mark_failed } }));
  else if (mark_completed) parts.push({ ...blank(), fields: { mark_completed } });
  return parts;
}

/** The report that a saying becomes: of messages but the newest only their lines in the log are left. */
export function reportOf({ fields, message, messageAt, logs, ...saying }: Saying): Report {
  const report: Report = { ...fields };
  const leads = messageAt === 0;
  if (leads) report.message = message;
  else if (message !== undefined) report.metadata_patch = { ...fields.metadata_patch, last_message: message };
  const entries = { ...saying, logs: leads ? logs.slice(1) : logs };
  for (const kind of KINDS)
    if (entries[kind].length > 0) report[kind as 'logs'] = entries[kind] as LogEntry[];
  return report;
}

/** About how long an entry is as JSON (UTF-16 units). */
export function entrySize(entry: Issue | LogEntry): number {
  return 'level' in entry ? FRAME + entry.message.length : JSON.stringify(entry).length;
}

/** About how long the texts of the fields are as JSON (UTF-16 units). */
export function textSize({ metadata_patch, result, stage, mark_failed }: Fields): number {
  if ((metadata_patch ?? result ?? stage ?? mark_failed) === undefined) return 0;
  return JSON.stringify([metadata_patch, result, stage, mark_failed]).length;
}

function blank(): Saying {
  return {
    ...{ fields: {}, message: undefined, messageAt: -1, errors: [], warnings: [], logs: [] },
    ...{ alone: false, size: 0, through: 0 },
  };
}

function sized(saying: Saying): Saying {
  saying.size = textSize(saying.fields);
  for (const kind of KINDS) for (const entry of saying[kind]) saying.size += entrySize(entry);
  return saying;
}

/** A field that was given, copied; undefined where it can’t be sent. */
function fieldOf(field: string, value: unknown, fault: Fault): unknown {
  if (/_(items|delta)$/.test(field)) {
    if (Number.isSafeInteger(value) && (value as number) >= 0) return value;
    fault(field, 'must be a whole number from 0 to 2^53 - 1');
    return undefined;
  }
  if (typeof value === 'string' && field !== 'result') return shorten(value);
  const text = JSON.stringify(value);
  if (encoder.encode(text).byteLength <= MOST_CONTENT) return JSON.parse(text);
  fault(field, `must be at most ${MOST_CONTENT} bytes as JSON`);
  return undefined;
}

function toLog({ level, message, timestamp }: LogEntry, at: number): LogEntry {
  return { level, message: shorten(String(message)), timestamp: timestamp ?? new Date(at).toISOString() };
}

function toIssue(issue: Issue): Issue {
  const whole = copy({ ...issue, message: shorten(String(issue.message)) });
  if (JSON.stringify(whole).length <= MOST_UNITS) return whole;
  const short = copy(whole, shorter);
  if (JSON.stringify(short).length <= MOST_UNITS) return short;
  const { entity_key, error_type, message, entity_type, step } = short;
  return { entity_key, error_type, message, entity_type, step, details: { truncated: true } };
}

function shorter(_: string, value: unknown): unknown {
  return typeof value === 'string' ? shorten(value) : value;
}

function copy<Value>(value: Value, change?: typeof shorter): Value {
  return JSON.parse(JSON.stringify(value, change));
}
