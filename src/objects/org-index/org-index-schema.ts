import { FEED_TABLES } from '../../domain/feed/retention';
import type { Migration } from '../kit/migrate';
import { COUNT_TABLES } from './count-schema';
import { ROLLUP_TABLES } from './rollup-schema';
import { SUMMARY_TABLE } from './summary-schema';

/** Tables of deleted jobs: three in turn, each for half of the time that one is remembered. */
export const TOMBSTONE_TABLES = 3;

/**
 * `job_id` is whom the row is about: an endpoint where its type says so, and `revision` the ordinal of its event then.
 * `bytes` are those of all rows of its table up to it, null in one of before it was kept.
 */
export function feedTable(number: number): string {
  return `CREATE TABLE feed_${number} (
    seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, job_id TEXT NOT NULL, revision INTEGER NOT NULL, body TEXT NOT NULL,
    bytes INTEGER
  ) STRICT`;
}

const tombstones = (table: string) => `CREATE TABLE ${table} (
    job_id TEXT PRIMARY KEY, revision INTEGER NOT NULL, through INTEGER NOT NULL, expires_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID`;

export const tombstoneTable = (number: number): string => tombstones(`tombstone_${number}`);
/** The one table that a version without turns writes. */
export const OLD_TOMBSTONE_TABLE = tombstones('tombstone');

/** The same as the first version made it. */
const feed = Array.from({ length: FEED_TABLES }, (_, number) => {
  return `CREATE TABLE feed_${number} (
    seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, job_id TEXT NOT NULL, revision INTEGER NOT NULL, body TEXT NOT NULL
  ) STRICT`;
});

export const ORG_INDEX_MIGRATIONS: readonly Migration[] = [
  {
    id: '0001-summary-and-feed',
    statements: [
      `CREATE TABLE summary (
        created_at INTEGER NOT NULL, job_id TEXT NOT NULL, revision INTEGER NOT NULL, through INTEGER NOT NULL,
        status TEXT NOT NULL, job_type TEXT NOT NULL, category TEXT NOT NULL, triggered_by TEXT, tags TEXT NOT NULL,
        body TEXT NOT NULL, PRIMARY KEY (created_at, job_id)
      ) STRICT, WITHOUT ROWID`,
      'CREATE INDEX summary_by_status ON summary (status, created_at, job_id)',
      OLD_TOMBSTONE_TABLE,
      ...feed,
      'CREATE TABLE feed_period (period INTEGER NOT NULL) STRICT',
    ],
  },
  {
    id: '0002-feed-readers',
    statements: [
      'ALTER TABLE summary ADD COLUMN progressed_at INTEGER NOT NULL DEFAULT 0',
      'ALTER TABLE feed_period ADD COLUMN since INTEGER',
      'CREATE TABLE endpoint (endpoint_id TEXT PRIMARY KEY, through INTEGER NOT NULL) STRICT, WITHOUT ROWID',
    ],
  },
  {
    id: '0003-webhooks',
    statements: [
      'ALTER TABLE summary ADD COLUMN told TEXT',
      'CREATE TABLE subscriber (webhook_id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID',
      'CREATE TABLE subscriber_source (read_at INTEGER NOT NULL) STRICT',
    ],
  },
  {
    id: '0004-tombstones-in-turn',
    statements: [
      ...Array.from({ length: TOMBSTONE_TABLES }, (_, number) => tombstoneTable(number)),
      'CREATE TABLE tombstone_period (period INTEGER NOT NULL, since INTEGER NOT NULL) STRICT',
      // Tables of before it was a setting were written for ten days each, counted since 1970.
      'UPDATE feed_period SET since = period * 864000000 WHERE since IS NULL',
    ],
  },
  {
    id: '0005-who-follows-progress',
    // Whoever has not said so yet may.
    statements: ['ALTER TABLE subscriber ADD COLUMN progress INTEGER NOT NULL DEFAULT 1'],
  },
  {
    id: '0006-by-type-and-by-tag',
    statements: [
      'CREATE INDEX summary_by_type ON summary (job_type, created_at, job_id)',
      `CREATE TABLE summary_tag (
        tag TEXT NOT NULL, created_at INTEGER NOT NULL, job_id TEXT NOT NULL, PRIMARY KEY (tag, created_at, job_id)
      ) STRICT, WITHOUT ROWID`,
      `INSERT OR IGNORE INTO summary_tag SELECT value, created_at, job_id FROM summary, json_each(tags) WHERE tags <> '[]'`,
      // A build of before, should one run again, keeps them too.
      `CREATE TRIGGER summary_tagged AFTER INSERT ON summary WHEN new.tags <> '[]' BEGIN
        INSERT OR IGNORE INTO summary_tag SELECT value, new.created_at, new.job_id FROM json_each(new.tags);
      END`,
      `CREATE TRIGGER summary_untagged AFTER DELETE ON summary WHEN old.tags <> '[]' BEGIN
        DELETE FROM summary_tag WHERE created_at = old.created_at AND job_id = old.job_id
          AND tag IN (SELECT value FROM json_each(old.tags));
      END`,
    ],
  },
  {
    id: '0007-bytes-of-the-feed',
    statements: feed.map((_, number) => `ALTER TABLE feed_${number} ADD COLUMN bytes INTEGER`),
  },
  { id: '0008-summaries-that-fit', statements: SUMMARY_TABLE },
  {
    id: '0009-sweep',
    statements: [
      'CREATE TABLE sweep (id INTEGER PRIMARY KEY, due_at INTEGER NOT NULL, n INTEGER NOT NULL) STRICT',
    ],
  },
  { id: '0010-roll-ups', statements: ROLLUP_TABLES },
  { id: '0011-counts', statements: COUNT_TABLES },
];
