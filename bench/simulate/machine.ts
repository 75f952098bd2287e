/** What Node gives a simulated world: a SQLite database for each object, and turns of the event loop. */
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import type { Database, Machine, Table } from '../../test/simulation/machine.ts';

/** Methods the objects' runtime has and this one may lack. */
interface TextBytes {
  toHex?: () => string;
  toBase64?: (options?: { alphabet?: string }) => string;
}
interface TextConstructor {
  fromHex?: (text: string) => Uint8Array;
  fromBase64?: (text: string) => Uint8Array;
}
(Uint8Array.prototype as TextBytes).toHex ??= function (this: Uint8Array) {
  return Buffer.from(this).toString('hex');
};
(Uint8Array as TextConstructor).fromHex ??= (text) => new Uint8Array(Buffer.from(text, 'hex'));
(Uint8Array.prototype as TextBytes).toBase64 ??= function (this: Uint8Array, options) {
  return Buffer.from(this).toString(options?.alphabet === 'base64url' ? 'base64url' : 'base64');
};
// Buffer reads both alphabets.
(Uint8Array as TextConstructor).fromBase64 ??= (text) => new Uint8Array(Buffer.from(text, 'base64'));

export const machine: Machine = {
  openDatabase,
  settle: () => new Promise((resolve) => setImmediate(resolve)),
};

type Statement = (bindings: SQLInputValue[]) => Table;
const NO_ROWS: Table = { columns: [], rows: [] };

function openDatabase(): Database {
  const database = new DatabaseSync(':memory:');
  const statements = new Map<string, Statement>();
  let written = 0;
  const prepare = (query: string): Statement => {
    const statement = database.prepare(query);
    const columns = statement.columns().map(({ name }) => name);
    if (columns.length > 0) {
      statement.setReturnArrays(true);
      return (bindings) => {
        const rows = statement.all(...bindings) as unknown as unknown[][];
        return { columns, rows: rows.map((row) => row.map(asOfRuntime)) };
      };
    }
    // Any other statement repeats the count of the one before.
    const changes = /^\s*(insert|update|delete)\b/i.test(query);
    return (bindings) => {
      const result = statement.run(...bindings);
      if (changes) written += Number(result.changes);
      return NO_ROWS;
    };
  };
  return {
    run(query, bindings) {
      let statement = statements.get(query);
      if (statement === undefined) {
        statement = prepare(query);
        statements.set(query, statement);
      }
      return statement(bindings as SQLInputValue[]);
    },
    get written() {
      return written;
    },
    close: () => database.close(),
  };
}

/** The objects' runtime hands out bytes as a buffer. */
function asOfRuntime(value: unknown): unknown {
  if (!(value instanceof Uint8Array)) return value;
  return value.buffer.slice(value.byteOffset, value.byteOffset + value.byteLength);
}
