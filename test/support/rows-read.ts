import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** Tables of one row, and the runtime's own list of tables: reading them whole is reading little. */
const SMALL = [
  'sqlite_master',
  'schema',
  'job',
  'state',
  'profile',
  'tombstone_period',
  'feed_period',
  'audit_period',
];

/** A call of a member, the rows that it may read at most, and the tables that it may walk, each with the reason why. */
export interface Budget<Store> {
  rows: number;
  call: (store: Store) => unknown;
  /** `table → why a walk of it ends soon`. Any other table may only be searched. */
  walks?: Record<string, string>;
}

/** A budget for every member of a store, or why it reads no rows. The type asks for those that are public. */
export type Budgets<Store> = Record<keyof Store, Budget<Store> | Budget<Store>[] | 'no SQL'>;

/** What is held to budgets: how an old, large store is filled, and how it is opened over the SQL that is watched. */
interface Held<Store> {
  /** The namespace of the object that has the tables. */
  namespace: 'JOB' | 'ORG_INDEX' | 'ORG' | 'DIRECTORY' | 'WEBHOOK' | 'HOOK' | 'BULK';
  fill: (sql: SqlStorage) => void;
  open: (sql: SqlStorage) => Store;
  budgets: Budgets<Store>;
}

/** What was read: the rows that the cursors counted, and the tables that a plan walks from end to end. */
export interface Reading {
  rows: number;
  walked: string[];
  /** Kept, lest a collection of memory closes what the work has left open. */
  cursors: readonly unknown[];
}

let objects = 0;

/** Holds every method and getter of a class, or a function by itself, to a budget over a store that is old and large. */
export function holdsToBudgets<Store extends object>(
  Class: { prototype: Store; name: string },
  { namespace, fill, open, budgets }: Held<Store>,
): void {
  describe(`rows read by ${Class.name}`, () => {
    let stub: DurableObjectStub;
    beforeAll(async () => {
      stub = (env[namespace] as unknown as DurableObjectNamespace).getByName(`rows-${++objects}/0`);
      await runInDurableObject(stub, (_object, { storage }) =>
        storage.transactionSync(() => fill(storage.sql)),
      );
    });
    afterAll(() => runInDurableObject(stub, (_object, { storage }) => storage.deleteAll()));

    it('every method and getter has a budget', () => {
      const members = Object.getOwnPropertyNames(Class.prototype).filter((name) => name !== 'constructor');
      expect(Object.keys(budgets)).toEqual(expect.arrayContaining(members));
    });

    const calls = Object.entries<Budget<Store> | Budget<Store>[] | 'no SQL'>(budgets).flatMap(
      ([name, budget]) => {
        const all = budget === 'no SQL' ? [] : Array.isArray(budget) ? budget : [budget];
        return all.map((one, index) => ({ name, index, ...one }));
      },
    );
    it.each(calls)(
      '$name $index reads at most $rows, and leaves nothing open',
      async ({ rows, call, walks }) => {
        const reading = await runInDurableObject(stub, (_object, { storage }) =>
          withoutTrace(storage, () => {
            const done = read(storage.sql, (sql) => call(open(sql)));
            // While a statement is open, no table can be dropped.
            storage.sql.exec('CREATE TABLE probe (a)');
            storage.sql.exec('DROP TABLE probe');
            return done;
          }),
        );
        expect(reading.walked.filter((table) => walks?.[table] === undefined)).toEqual([]);
        expect(reading.rows).toBeLessThanOrEqual(rows);
      },
    );
  });
}

/** Runs `work` over SQL that is watched: its rows, and the plan of each statement that reads. */
export function read(sql: SqlStorage, work: (watched: SqlStorage) => unknown): Reading {
  const cursors: SqlStorageCursor<Record<string, SqlStorageValue>>[] = [];
  const walked = new Set<string>();
  const exec = (query: string, ...values: SqlStorageValue[]) => {
    if (/^\s*(SELECT|UPDATE|DELETE|INSERT|WITH)/i.test(query)) {
      for (const table of walkedBy(sql, query, values)) walked.add(table);
    }
    const cursor = sql.exec(query, ...values);
    cursors.push(cursor);
    return cursor;
  };
  const answer = work({ exec } as unknown as SqlStorage);
  // What is read as it is taken has read nothing before.
  if (answer !== null && typeof answer === 'object' && Symbol.iterator in answer)
    Array.from(answer as Iterable<unknown>);
  return { rows: cursors.reduce((sum, { rowsRead }) => sum + rowsRead, 0), walked: [...walked], cursors };
}

/** The real tables that a statement walks: `SCAN` in its plan. A lone `min` or `max` of a key is told as a search. */
function walkedBy(sql: SqlStorage, query: string, values: SqlStorageValue[]): string[] {
  const tables = new Set(
    sql
      .exec<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table'")
      .toArray()
      .map(({ name }) => name),
  );
  const steps = sql.exec<{ detail: string }>(`EXPLAIN QUERY PLAN ${query}`, ...values).toArray();
  return steps.flatMap(({ detail }) => {
    const [, table = ''] = /^SCAN (\w+)/.exec(detail) ?? [];
    return tables.has(table) && !SMALL.includes(table) ? [table] : [];
  });
}

/** Runs `work` in a transaction that is rolled back. */
function withoutTrace<Answer>(storage: DurableObjectStorage, work: () => Answer): Answer {
  const over = new Error('rolled back');
  let answer: { value: Answer } | undefined;
  try {
    storage.transactionSync(() => {
      answer = { value: work() };
      throw over;
    });
  } catch (cause) {
    if (cause !== over) throw cause;
  }
  if (answer === undefined) throw new Error('nothing was read');
  return answer.value;
}

/** Statements for rows 1 to `count`: `SELECT …` over `n`. */
export function rowsTo(count: number, columns: string, from = 1): string {
  return `WITH RECURSIVE c(n) AS (SELECT ${from} UNION ALL SELECT n + 1 FROM c WHERE n < ${count}) SELECT ${columns} FROM c`;
}
