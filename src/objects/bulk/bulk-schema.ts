import type { Migration } from '../kit/migrate';

export const BULK_MIGRATIONS: readonly Migration[] = [
  {
    id: '0001-bulk',
    statements: ['CREATE TABLE bulk (spec TEXT NOT NULL, place TEXT NOT NULL) STRICT'],
  },
];
