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
];
