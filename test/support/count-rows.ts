import { runInDurableObject } from 'cloudflare:test';

/** Rows written by the SQL of one object while `work` runs, as its cursors count them. */
export async function countRows(stub: DurableObjectStub, work: () => Promise<unknown>): Promise<number> {
  let rows = 0;
  const restore = await runInDurableObject(stub, (_instance, state) => {
    const { sql } = state.storage;
    const prototype = Object.getPrototypeOf(sql) as { exec: SqlStorage['exec'] };
    const original = prototype.exec;
    prototype.exec = function counting(this: SqlStorage, ...args: Parameters<SqlStorage['exec']>) {
      const cursor = original.apply(this, args);
      if (this === sql) queueMicrotask(() => (rows += cursor.rowsWritten));
      return cursor;
    } as SqlStorage['exec'];
    return () => {
      prototype.exec = original;
    };
  });
  try {
    await work();
    await runInDurableObject(stub, () => undefined);
  } finally {
    restore();
  }
  return rows;
}
