import { runInDurableObject } from 'cloudflare:test';

/** What is billed as rows written: the rows of statements, and each alarm that is set. */
export interface Writes {
  rows: number;
  alarms: number;
}

type Method = (...args: never[]) => unknown;

/** Counts what all objects write while `work` runs, those that are started meanwhile included. `stub` is any object. */
export async function countWrites(stub: DurableObjectStub, work: () => Promise<unknown>): Promise<Writes> {
  const writes = { rows: 0, alarms: 0 };
  const restore = await runInDurableObject(stub, (_object, { storage }) => {
    const [sql, prototype] = [Object.getPrototypeOf(storage.sql), Object.getPrototypeOf(storage)];
    const undo = [
      wrap(sql, 'exec', (cursor) =>
        queueMicrotask(() => {
          writes.rows += (cursor as SqlStorageCursor<Record<string, SqlStorageValue>>).rowsWritten;
        }),
      ),
      wrap(prototype, 'setAlarm', () => {
        writes.alarms += 1;
      }),
    ];
    return () => {
      for (const one of undo) one();
    };
  });
  try {
    await work();
    await runInDurableObject(stub, () => undefined);
  } finally {
    restore();
  }
  return writes;
}

/** Shows `told` what a method answers; the result puts the method back. */
function wrap(prototype: Record<string, Method>, name: string, told: (answer: unknown) => void): () => void {
  const original = prototype[name] as Method;
  prototype[name] = function wrapped(this: unknown, ...args: never[]) {
    const answer = original.apply(this, args);
    told(answer);
    return answer;
  };
  return () => {
    prototype[name] = original;
  };
}
