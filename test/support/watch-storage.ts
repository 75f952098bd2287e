import { runInDurableObject } from 'cloudflare:test';

const METHODS = ['getAlarm', 'setAlarm', 'deleteAlarm', 'sync', 'transactionSync'] as const;
type Method = (typeof METHODS)[number];
type Exec = SqlStorage['exec'];

/** What was asked of one object's storage: statements, the rows that their cursors counted, and calls of the rest. */
export interface StorageUse extends Record<Method, number> {
  statements: number;
  rowsRead: number;
  rowsWritten: number;
}

/**
 * What is asked of an object's storage while `work` runs, by whatever instances there are of it: from the constructor on
 * where `work` wakes it. `work` answers the object. All of an isolate's objects share what is watched, whichever
 * `any` of them it is reached by, and they are told apart by their storage: it is the same one for an instance's life.
 */
export async function watchStorage(
  any: DurableObjectStub,
  work: () => Promise<DurableObjectStub>,
): Promise<StorageUse> {
  const executed: { sql: unknown; cursor: SqlStorageCursor<Record<string, SqlStorageValue>> }[] = [];
  const called: { storage: unknown; method: Method }[] = [];
  const restore = await runInDurableObject(any, (_object, { storage }) => {
    const ofSql = Object.getPrototypeOf(storage.sql) as { exec: Exec };
    const { exec } = ofSql;
    ofSql.exec = function watched(this: SqlStorage, ...args: Parameters<Exec>) {
      const cursor = exec.apply(this, args);
      executed.push({ sql: this, cursor });
      return cursor;
    } as Exec;
    const ofStorage = Object.getPrototypeOf(storage) as Record<Method, (...args: unknown[]) => unknown>;
    const originals = METHODS.map((method) => [method, ofStorage[method]] as const);
    for (const [method, original] of originals) {
      ofStorage[method] = function watched(this: DurableObjectStorage, ...args: unknown[]) {
        called.push({ storage: this, method });
        return original.apply(this, args);
      };
    }
    return () => {
      ofSql.exec = exec;
      for (const [method, original] of originals) ofStorage[method] = original;
    };
  });
  const stub = await work().finally(restore);
  return runInDurableObject(stub, (_object, { storage }) => {
    const cursors = executed.filter(({ sql }) => sql === storage.sql).map(({ cursor }) => cursor);
    const calls = METHODS.map((method) => {
      return [method, called.filter((call) => call.storage === storage && call.method === method).length];
    });
    return {
      ...(Object.fromEntries(calls) as Record<Method, number>),
      statements: cursors.length,
      rowsRead: cursors.reduce((sum, { rowsRead }) => sum + rowsRead, 0),
      rowsWritten: cursors.reduce((sum, { rowsWritten }) => sum + rowsWritten, 0),
    };
  });
}
