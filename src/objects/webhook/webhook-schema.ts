import type { Migration } from '../kit/migrate';

/**
 * Tables of the delivery log: four in turn, five days each, so that 14 days are kept and no row is ever deleted. The
 * runtime takes at most five terms in a compound SELECT.
 */
export const LOG_TABLES = 4;

const COLUMNS = `n INTEGER PRIMARY KEY, queued_at INTEGER NOT NULL, event_id TEXT NOT NULL, type TEXT NOT NULL, job_id TEXT,
    revision INTEGER, status TEXT NOT NULL, tries INTEGER NOT NULL, attempts TEXT NOT NULL, delivered_at INTEGER,
    body TEXT NOT NULL`;
const NUMBERS = Array.from({ length: LOG_TABLES }, (_, number) => number);

/** `due_at` is the delivery's one schedule: `retry` has the same time in order, and nothing that is not here. */
export function logTable(number: number): string {
  return `CREATE TABLE delivery_${number} (${COLUMNS}, due_at INTEGER) STRICT`;
}

/** What the mark has passed though it was never tried waits for a retry that is due. */
function bringBack(number: number): string[] {
  const lost = "status = 'pending' AND n <= (SELECT settled_through FROM state)";
  return [
    `INSERT INTO retry SELECT queued_at, n FROM delivery_${number} WHERE ${lost}`,
    `UPDATE delivery_${number} SET status = 'retrying', due_at = queued_at WHERE ${lost}`,
  ];
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
      ...NUMBERS.map((number) => `CREATE TABLE delivery_${number} (${COLUMNS}) STRICT`),
    ],
  },
  {
    id: '0002-one-schedule',
    statements: [
      ...NUMBERS.map((number) => `ALTER TABLE delivery_${number} ADD COLUMN due_at INTEGER`),
      ...NUMBERS.map(
        (number) =>
          `UPDATE delivery_${number} AS delivery SET due_at = retry.at FROM retry WHERE retry.n = delivery.n`,
      ),
      ...NUMBERS.flatMap(bringBack),
      // A success may have ended the streak that stands here: from this step on it is cleared by one.
      'UPDATE state SET failing_since = NULL',
    ],
  },
  { id: '0003-first-answer', statements: ['ALTER TABLE state ADD COLUMN asked TEXT'] },
  { id: '0004-change-to-come', statements: ['ALTER TABLE state ADD COLUMN look_at INTEGER'] },
];
