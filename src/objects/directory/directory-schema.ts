import type { Migration } from '../kit/migrate';

export const DIRECTORY_MIGRATIONS: readonly Migration[] = [
  {
    id: '0001-organization',
    statements: [
      `CREATE TABLE organization (
        organization_id TEXT PRIMARY KEY, name TEXT NOT NULL, created_at INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID`,
    ],
  },
  {
    id: '0002-external-id',
    statements: [
      `CREATE TABLE external_id (
        external_id TEXT PRIMARY KEY, organization_id TEXT NOT NULL UNIQUE
      ) STRICT, WITHOUT ROWID`,
    ],
  },
  {
    id: '0003-standing-and-deletion',
    statements: [
      'ALTER TABLE organization ADD COLUMN suspended_at INTEGER',
      `CREATE TABLE deletion (
        organization_id TEXT PRIMARY KEY, name TEXT NOT NULL, created_at INTEGER NOT NULL, requested_at INTEGER NOT NULL,
        finished_at INTEGER, place TEXT NOT NULL
      ) STRICT, WITHOUT ROWID`,
      'CREATE INDEX deletion_under_way ON deletion (requested_at) WHERE finished_at IS NULL',
    ],
  },
  {
    // A table of its own: an older build that runs again fills all columns of the other.
    id: '0004-deletion-request',
    statements: [
      `CREATE TABLE deletion_request (
        organization_id TEXT PRIMARY KEY, trace TEXT NOT NULL
      ) STRICT, WITHOUT ROWID`,
    ],
  },
];
