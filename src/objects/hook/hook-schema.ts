import type { Migration } from '../kit/migrate';

export const HOOK_MIGRATIONS: readonly Migration[] = [
  {
    id: '0001-hook-and-arrivals',
    statements: [
      `CREATE TABLE hook (
        hook_id TEXT NOT NULL, name TEXT NOT NULL, salt TEXT NOT NULL, verification TEXT NOT NULL,
        sealed_secret TEXT, mapping TEXT NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL
      ) STRICT`,
      'CREATE TABLE arrival (slot INTEGER PRIMARY KEY, n INTEGER NOT NULL, body TEXT NOT NULL) STRICT',
    ],
  },
  {
    id: '0002-seen',
    statements: [
      'CREATE TABLE seen (n INTEGER PRIMARY KEY, digest TEXT NOT NULL, at INTEGER NOT NULL) STRICT',
      'CREATE INDEX seen_digest ON seen (digest, at)',
    ],
  },
  {
    id: '0003-served-at',
    statements: ['ALTER TABLE hook ADD COLUMN served_at TEXT'],
  },
  {
    id: '0004-created-by',
    statements: ['ALTER TABLE hook ADD COLUMN created_by TEXT'],
  },
  {
    id: '0005-url-turn',
    statements: [
      'ALTER TABLE hook ADD COLUMN url_turn INTEGER',
      'ALTER TABLE hook ADD COLUMN older_url_until INTEGER',
    ],
  },
];
