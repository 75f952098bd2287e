import type { Job } from '../../domain/job/job';

/** What the object keeps beside the job: how far it has published, how it was created, its idempotency records. */
export interface Bookkeeping {
  pub_revision: number;
  pub_events: number;
  /** Hash of the `Idempotency-Key` it was created with, and digest of that body. */
  created_key: string | null;
  created_digest: string | null;
  deleted_at: number | null;
  keys: Uint8Array | null;
  keys_total: number;
}

/** The job's row: all but the content that has slots of its own. */
export type JobRow = Omit<Job, 'metadata' | 'result'> & Bookkeeping;

type Codec = 'plain' | 'flag' | 'json' | 'blob';

/** Columns that never change after creation. */
const FIXED = {
  job_id: 'plain',
  organization_id: 'plain',
  job_type: 'plain',
  name: 'plain',
  category: 'plain',
  tags: 'json',
  triggered_by: 'plain',
  created_at: 'plain',
  rerun_of: 'plain',
  root_job_id: 'plain',
  rerun_number: 'plain',
  heartbeat_timeout_seconds: 'plain',
  timeout_seconds: 'plain',
  retention_days: 'plain',
  created_key: 'plain',
  created_digest: 'plain',
} as const;

/** Columns that a change writes. None of them is indexed, so a change is one row. */
const CHANGING = {
  status: 'plain',
  health: 'plain',
  revision: 'plain',
  total_items: 'plain',
  processed_items: 'plain',
  failed_items: 'plain',
  warned_items: 'plain',
  failed_entities: 'plain',
  warned_entities: 'plain',
  failed_entities_capped: 'flag',
  warned_entities_capped: 'flag',
  peak: 'plain',
  rate: 'plain',
  rate_at: 'plain',
  rate_backlog: 'plain',
  moves: 'plain',
  stage: 'plain',
  last_message: 'plain',
  started_at: 'plain',
  completed_at: 'plain',
  last_report_at: 'plain',
  error_message: 'plain',
  cancellation: 'json',
  ending: 'json',
  errors_total: 'plain',
  warnings_total: 'plain',
  log_entries_total: 'plain',
  events_total: 'plain',
  errors_by_type: 'json',
  watched_from: 'plain',
  seen_at: 'plain',
  reporters: 'json',
  pub_revision: 'plain',
  pub_events: 'plain',
  deleted_at: 'plain',
  keys: 'blob',
  keys_total: 'plain',
} as const;

/** Total: a new field of the row that has no column here does not compile. */
const COLUMNS: Record<keyof JobRow, Codec> = { ...FIXED, ...CHANGING };

const ALL = Object.entries(COLUMNS) as [keyof JobRow, Codec][];
const CHANGED = Object.entries(CHANGING) as [keyof JobRow, Codec][];

export const INSERT_JOB = `INSERT INTO job (id, schema, ${ALL.map(([column]) => column).join(', ')})
  VALUES (1, ?, ${ALL.map(() => '?').join(', ')})`;
/** The schema's number, the texts at two slots, then the columns: one query for all that the machine needs. */
export const SELECT_JOB = `SELECT schema, (SELECT body FROM entry WHERE slot = ?), (SELECT body FROM entry WHERE slot = ?),
  ${ALL.map(([column]) => column).join(', ')} FROM job`;
export const UPDATE_JOB = `UPDATE job SET ${CHANGED.map(([column]) => `${column} = ?`).join(', ')} WHERE id = 1`;

export function insertValues(row: JobRow): SqlStorageValue[] {
  return ALL.map(([column, codec]) => encode(row[column], codec));
}

export function updateValues(row: JobRow): SqlStorageValue[] {
  return CHANGED.map(([column, codec]) => encode(row[column], codec));
}

/** Decodes the values of `SELECT_JOB`, from the `from`th on. */
export function decodeRow(values: readonly SqlStorageValue[], from: number): JobRow {
  const row: Record<string, unknown> = {};
  for (const [index, [column, codec]] of ALL.entries())
    row[column] = decode(values[from + index] ?? null, codec);
  return row as unknown as JobRow;
}

function encode(value: unknown, codec: Codec): SqlStorageValue {
  if (value === null || value === undefined) return null;
  if (codec === 'json') return JSON.stringify(value);
  if (codec === 'flag') return value ? 1 : 0;
  return value as SqlStorageValue;
}

function decode(value: SqlStorageValue, codec: Codec): unknown {
  if (value === null) return null;
  if (codec === 'json') return JSON.parse(String(value));
  if (codec === 'flag') return value === 1;
  if (codec === 'blob') return new Uint8Array(value as ArrayBuffer);
  return value;
}
