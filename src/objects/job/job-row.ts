import { type Codec, STORED_FIELDS, type StoredField } from '../../domain/job/fields';
import type { Job } from '../../domain/job/job';
import type { PublishingMarks } from './publisher';
import { readSequences, sequencesText } from './sequences-text';

/** What the object keeps beside the job: how far it has published, how it was created, its idempotency records. */
export interface Bookkeeping extends PublishingMarks {
  /** Hash of the `Idempotency-Key` it was created with, and `bodyOf` it. */
  created_key: string | null;
  created_digest: string | null;
  deleted_at: number | null;
  keys: Uint8Array | null;
  keys_total: number;
}

/** The job's row: all but the content that has slots of its own. A field that has no column makes no whole job. */
export type JobRow = Pick<Job, StoredField> & Bookkeeping;

type Column = { name: keyof JobRow; codec: Codec | 'blob'; fixed: boolean };

const BOOKS = {
  created_key: { codec: 'plain', fixed: true },
  created_digest: { codec: 'plain', fixed: true },
  pub_revision: { codec: 'plain', fixed: false },
  pub_events: { codec: 'plain', fixed: false },
  pub_at: { codec: 'plain', fixed: false },
  pub_interval: { codec: 'plain', fixed: false },
  deleted_at: { codec: 'plain', fixed: false },
  keys: { codec: 'blob', fixed: false },
  keys_total: { codec: 'plain', fixed: false },
} as const satisfies Record<keyof Bookkeeping, Omit<Column, 'name'>>;

/** None that changes is indexed, so a change is one row. */
const COLUMNS: readonly Column[] = [
  ...STORED_FIELDS,
  ...Object.entries(BOOKS).map(([name, column]) => ({ name: name as keyof Bookkeeping, ...column })),
];
const CHANGING = COLUMNS.filter(({ fixed }) => !fixed);
const NAMES = COLUMNS.map(({ name }) => name);

export const INSERT_JOB = `INSERT INTO job (id, schema, ${NAMES.join(', ')})
  VALUES (1, ?, ${NAMES.map(() => '?').join(', ')})`;
/** The schema's number, the texts at two slots, then the columns: one query for all that the machine needs. */
export const SELECT_JOB = `SELECT schema, (SELECT body FROM entry WHERE slot = ?), (SELECT body FROM entry WHERE slot = ?),
  ${NAMES.join(', ')} FROM job`;

export function insertValues(row: JobRow): SqlStorageValue[] {
  return COLUMNS.map(({ name, codec }) => encode(row[name], codec));
}

/** What makes the row of `known`, null where that is not known: each value that is bound costs, so only those that differ are. */
export function updateOf(
  row: JobRow,
  known: JobRow | null,
): { statement: string; values: SqlStorageValue[] } {
  const differing = CHANGING.filter(({ name }) => known === null || known[name] !== row[name]);
  // A change that only looks like one touches its storage all the same.
  const columns = differing.length === 0 ? CHANGING : differing;
  return {
    statement: `UPDATE job SET ${columns.map(({ name }) => `${name} = ?`).join(', ')} WHERE id = 1`,
    values: columns.map(({ name, codec }) => encode(row[name], codec)),
  };
}

/** Decodes the values of `SELECT_JOB`, from the `from`th on. */
export function decodeRow(values: readonly SqlStorageValue[], from: number): JobRow {
  const row: Record<string, unknown> = {};
  for (const [index, { name, codec }] of COLUMNS.entries())
    row[name] = decode(values[from + index] ?? null, codec, row);
  return row as unknown as JobRow;
}

function encode(value: unknown, codec: Column['codec']): SqlStorageValue {
  if (value === null || value === undefined) return null;
  if (codec === 'json') return JSON.stringify(value);
  if (codec === 'flag') return value ? 1 : 0;
  if (codec === 'sequences') return sequencesText(value as Uint8Array);
  return value as SqlStorageValue;
}

/** `row` has what stands before it: when the job was last reported on, above all. */
function decode(value: SqlStorageValue, codec: Column['codec'], row: Partial<JobRow>): unknown {
  if (value === null) return null;
  if (codec === 'json') return JSON.parse(String(value));
  if (codec === 'flag') return value === 1;
  if (codec === 'sequences') return readSequences(String(value), row.last_report_at ?? row.created_at ?? 0);
  if (codec === 'blob') return new Uint8Array(value as ArrayBuffer);
  return value;
}
