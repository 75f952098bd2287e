import type { EntryKind } from '../../domain/job/draft';
import type { Migration } from '../kit/migrate';

/**
 * What has a range of slots of its own in the `entry` table, and how many. Appending past the end takes the oldest's
 * slot: one upsert, never a delete.
 */
export const RINGS = {
  error: { base: 0, slots: 1_000 },
  warning: { base: 16_384, slots: 1_000 },
  log: { base: 32_768, slots: 10_000 },
  event: { base: 49_152, slots: 2_048 },
} as const satisfies Record<EntryKind, { base: number; slots: number }>;

/** Where the `n`th entry of a kind stands. */
export function slotOf(kind: EntryKind, n: number): number {
  return RINGS[kind].base + (n % RINGS[kind].slots);
}

/** The ordinal of the oldest of `total` entries that the ring of their kind still has. */
export function oldestOf(kind: EntryKind, total: number): number {
  return Math.max(total - RINGS[kind].slots + 1, 1);
}

/** Newest entries shown of each kind. The event ring is longer, so that a large batch fits on unpublished ones. */
export const SHOWN: Record<EntryKind, number> = { error: 1_000, warning: 1_000, log: 10_000, event: 1_000 };

/** Content that a plain report leaves alone has slots of its own, so that it is not written again. */
export const METADATA_SLOT = 65_536;
export const RESULT_SLOT = 81_920;
export const CREATED_METADATA_SLOT = 98_304;
/** A rerun's own items, a hundred a slot. */
export const ITEMS_SLOT = 114_688;
/** The job's token generation, once its tokens were revoked. */
export const TOKENS_SLOT = 131_072;
/** How many children the job has had, once it has one. */
export const CHILDREN_SLOT = TOKENS_SLOT + 1;
/** From here on: audit records that the index has not confirmed, the oldest first. */
export const AUDIT_SLOT = 147_456;

const COLUMNS = `
  id INTEGER PRIMARY KEY CHECK (id = 1), schema INTEGER NOT NULL,
  job_id TEXT NOT NULL, organization_id TEXT NOT NULL, job_type TEXT NOT NULL, name TEXT NOT NULL,
  category TEXT NOT NULL, tags TEXT NOT NULL, triggered_by TEXT,
  status TEXT NOT NULL, health TEXT NOT NULL, revision INTEGER NOT NULL,
  total_items INTEGER NOT NULL, processed_items INTEGER NOT NULL,
  failed_items INTEGER NOT NULL, warned_items INTEGER NOT NULL,
  failed_entities INTEGER NOT NULL, warned_entities INTEGER NOT NULL,
  failed_entities_capped INTEGER NOT NULL, warned_entities_capped INTEGER NOT NULL,
  peak INTEGER NOT NULL, rate REAL, rate_at INTEGER, rate_backlog REAL NOT NULL, moves INTEGER NOT NULL,
  stage TEXT, last_message TEXT,
  created_at INTEGER NOT NULL, started_at INTEGER, completed_at INTEGER, last_report_at INTEGER,
  error_message TEXT, cancellation TEXT, ending TEXT,
  errors_total INTEGER NOT NULL, warnings_total INTEGER NOT NULL,
  log_entries_total INTEGER NOT NULL, events_total INTEGER NOT NULL, errors_by_type TEXT NOT NULL,
  rerun_of TEXT, root_job_id TEXT NOT NULL, rerun_number INTEGER NOT NULL,
  heartbeat_timeout_seconds INTEGER, timeout_seconds INTEGER, retention_days INTEGER NOT NULL,
  watched_from INTEGER, seen_at INTEGER, reporters TEXT NOT NULL,
  pub_revision INTEGER NOT NULL, pub_events INTEGER NOT NULL,
  created_key TEXT, created_digest TEXT, deleted_at INTEGER,
  keys BLOB, keys_total INTEGER NOT NULL`;

const ENTRY_TABLE = `CREATE TABLE entry (
  slot INTEGER PRIMARY KEY, n INTEGER NOT NULL, revision INTEGER NOT NULL, k INTEGER NOT NULL,
  at INTEGER NOT NULL, body TEXT NOT NULL
) STRICT`;

/** Append-only. A job keeps the number of steps its tables have in its row. */
export const JOB_MIGRATIONS: readonly Migration[] = [
  { id: '0001-job-and-entry', statements: [`CREATE TABLE job (${COLUMNS}) STRICT`, ENTRY_TABLE] },
  {
    id: '0002-publishing-pace',
    statements: [
      'ALTER TABLE job ADD COLUMN pub_at INTEGER',
      'ALTER TABLE job ADD COLUMN pub_interval INTEGER',
    ],
  },
  { id: '0003-details-url', statements: ['ALTER TABLE job ADD COLUMN details_url TEXT'] },
  { id: '0004-parent', statements: ['ALTER TABLE job ADD COLUMN parent_job_id TEXT'] },
  { id: '0005-typical-seconds', statements: ['ALTER TABLE job ADD COLUMN typical_seconds REAL'] },
];

/** The tables as all steps leave them: a new job is made in two statements, however many steps there were. */
export const JOB_TABLES: readonly string[] = [
  `CREATE TABLE job (${COLUMNS}, pub_at INTEGER, pub_interval INTEGER, details_url TEXT, parent_job_id TEXT, typical_seconds REAL) STRICT`,
  ENTRY_TABLE,
];

/** Tables that only some jobs need, made by the first row that needs them. */
export const ENTITY_TABLE = `CREATE TABLE IF NOT EXISTS entity (
  kind TEXT NOT NULL, entity_type TEXT NOT NULL, entity_key TEXT NOT NULL,
  PRIMARY KEY (kind, entity_type, entity_key)
) STRICT, WITHOUT ROWID`;
export const SEALED_KEYS_TABLE = `CREATE TABLE IF NOT EXISTS sealed_keys (
  slot INTEGER PRIMARY KEY, records BLOB NOT NULL
) STRICT`;
/** All that is left of a deleted job that was made with a key, until the key is free again. */
export const TOMBSTONE_TABLE = 'CREATE TABLE IF NOT EXISTS tombstone (expires_at INTEGER NOT NULL) STRICT';
