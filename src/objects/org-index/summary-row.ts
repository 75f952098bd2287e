import { byteLength } from '../../domain/base/json';
import type { ShownField } from '../../domain/job/fields';
import { listed, listedWithin } from '../../domain/job/listed';
import { BLANK, type Summary } from '../../domain/job/summary';

/**
 * Where the row of a summary has each field: in a column of its own, by which it is found, or in the body, an array, at a
 * place that is the field's for ever. A new field takes the next place: in bodies of before it is null.
 */
const PLACES = {
  job_id: 'column',
  created_at: 'column',
  revision: 'column',
  status: 'column',
  health: 'column',
  category: 'column',
  job_type: 'column',
  name: 'column',
  triggered_by: 'column',
  tags: 'column',
  completed_at: 'column',
  rerun_of: 'column',
  root_job_id: 'column',
  parent_job_id: 'column',
  failed_items: 0,
  processed_items: 1,
  progress_percentage: 2,
  success_rate: 3,
  total_items: 4,
  duration_seconds: 5,
  error_message: 6,
  started_at: 7,
  warned_items: 8,
  organization_id: 9,
  failed_entities_capped: 10,
  warned_entities_capped: 11,
  rate_per_second: 12,
  eta_at: 13,
  stage: 14,
  last_message: 15,
  last_report_at: 16,
  cancellation: 17,
  errors_total: 18,
  warnings_total: 19,
  logs_total: 20,
  errors_by_type: 21,
  rerun_number: 22,
  heartbeat_timeout_seconds: 23,
  timeout_seconds: 24,
  retention_days: 25,
  details_url: 26,
  typical_seconds: 27,
} as const satisfies Record<ShownField, 'column' | number>;

/** Where the body of a row has what its parent's roll-up is made of. */
export const ROLLED_UP = { total_items: PLACES.total_items, progress_percentage: PLACES.progress_percentage };

type FieldPlace = (typeof PLACES)[ShownField];
type Column = { [Name in ShownField]: (typeof PLACES)[Name] extends 'column' ? Name : never }[ShownField];

const ALL = Object.entries(PLACES) as [ShownField, FieldPlace][];
/** The columns that a summary is read from, beside `body`. */
export const COLUMNS = ALL.flatMap(([name, place]) => (place === 'column' ? [name as Column] : []));
const PLACED = ALL.flatMap(([name, place]) => (place === 'column' ? [] : [{ name, place }]));

/** Bytes that a page of the database has for one row, less what the row's other columns take at most. Source: SQLite, file format §1.6. */
const ROOM = 4_061 - 560;

export type SummaryRow = { body: string } & Record<Column, SqlStorageValue>;

/** A summary as its row has it: its texts are cut as far as a list cuts them, and further where it would not fit a page. */
export function rowOf(summary: Summary): SummaryRow {
  const columns = Object.fromEntries(COLUMNS.map((name) => [name, columnOf(summary, name)]));
  const texts = Object.values(columns).filter((value) => typeof value === 'string');
  const room = ROOM - texts.reduce((sum, text) => sum + byteLength(text), 0);
  const body = bodyOf(listedWithin(summary, (shown) => byteLength(bodyOf(shown)) <= room));
  return { ...(columns as Omit<SummaryRow, 'body'>), body };
}

/** The summary of a row. One whose body has the fields' names is of an older build. */
export function summaryOf(row: SummaryRow): Summary {
  const body = JSON.parse(row.body) as unknown[] | Summary;
  if (!Array.isArray(body)) return listed(body);
  const summary: Record<string, unknown> = { ...BLANK };
  for (const name of COLUMNS) summary[name] = row[name];
  for (const { name, place } of PLACED) summary[name] = body[place] ?? null;
  summary.tags = JSON.parse(String(row.tags));
  summary.root_job_id ??= row.job_id;
  return summary as Summary;
}

/** A field that has no column, as SQL: of a row's body, of an older build's too. */
export function fieldOf(name: ShownField): string {
  return `CASE WHEN body LIKE '{%' THEN json_extract(body, '$.${name}') ELSE json_extract(body, '$[${PLACES[name]}]') END`;
}

function columnOf(summary: Summary, name: Column): SqlStorageValue {
  if (name === 'tags') return JSON.stringify(summary.tags);
  if (name === 'root_job_id' && summary.root_job_id === summary.job_id) return null;
  return summary[name] ?? null;
}

function bodyOf(summary: Summary): string {
  const body: unknown[] = [];
  for (const { name, place } of PLACED) body[place] = summary[name];
  return JSON.stringify(body);
}
