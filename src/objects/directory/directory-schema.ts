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
];
