import type { Migration } from '../kit/migrate';

/**
 * Tables of the delivery log: four in turn, five days each, so that 14 days are kept and no row is ever deleted. The
 * runtime takes at most five terms in a compound SELECT.
 */
export const LOG_TABLES = 4;

export function logTable(number: number): string {
  return `CREATE TABLE delivery_${number} (
    n INTEGER PRIMARY KEY, queued_at INTEGER NOT NULL, event_id TEXT NOT NULL, type TEXT NOT NULL, job_id TEXT,
    revision INTEGER, status TEXT NOT NULL, tries INTEGER NOT NULL, attempts TEXT NOT NULL, delivered_at INTEGER,
    body TEXT NOT NULL
  ) STRICT`;
}

export const WEBHOOK_MIGRATIONS: readonly Migration[] = [
  {
    id: '0001-deliveries',
    statements: [
      `CREATE TABLE state (
        positions TEXT NOT NULL, settled_through INTEGER NOT NULL, next_n INTEGER NOT NULL, failing_since INTEGER,
        disable TEXT, log_turn INTEGER NOT NULL, log_since INTEGER NOT NULL, log_first INTEGER NOT NULL
      ) STRICT`,
      'CREATE TABLE retry (at INTEGER NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (at, n)) STRICT, WITHOUT ROWID',
      ...Array.from({ length: LOG_TABLES }, (_, number) => logTable(number)),
    ],
  },
];
