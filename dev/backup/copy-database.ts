/** Copies an SQLite database that another process writes to: as it was at one moment, without asking that process. */
import { copyFile, open, rm, stat } from 'node:fs/promises';

/** Salts and sequence of a log: another header is another log. */
const HEADER_BYTES = 32;
const MOST_TRIES = 100;

/**
 * Copies `from` and its write-ahead log to `to`. Pages move from log to database in place, and the log holds them until
 * it begins anew: so a database with the log that lay beside it before and after is whole, however far either had got.
 * False where there is no such database.
 */
export async function copyDatabase(from: string, to: string): Promise<boolean> {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const before = await stateOf(from);
    if (before === null) return false;
    await dropCopy(to);
    if (!(await copyIfThere(from, to))) return false;
    const logged = await copyIfThere(logOf(from), logOf(to));
    const after = await stateOf(from);
    if (after !== null && after.log === before.log && logged === (before.log !== '')) {
      // Without a log whatever is written is written to the database itself.
      if (before.log !== '' || after.changed === before.changed) return true;
    }
  }
  throw new Error(`${from} does not hold still: ${MOST_TRIES} copies of it were of two moments`);
}

/** What shows that neither the database nor its log was written to; null where there is no such database. */
export async function writtenAt(database: string): Promise<string | null> {
  const [own, log] = [await statOf(database), await statOf(logOf(database))];
  return own === null ? null : `${own} ${log}`;
}

/** Takes a copy away, of what is no more. */
export async function dropCopy(to: string): Promise<void> {
  await Promise.all([rm(to, { force: true }), rm(logOf(to), { force: true })]);
}

interface State {
  /** The header of the log; empty where there is none yet. */
  log: string;
  /** When the database itself was last written to, and its size. */
  changed: string;
}

async function stateOf(database: string): Promise<State | null> {
  const changed = await statOf(database);
  return changed === null ? null : { log: await headerOf(logOf(database)), changed };
}

/** When a file was last written to, and its size; null where there is none. */
async function statOf(path: string): Promise<string | null> {
  try {
    const { mtimeNs, size } = await stat(path, { bigint: true });
    return `${mtimeNs} ${size}`;
  } catch (error) {
    return unlessMissing(error, null);
  }
}

async function headerOf(log: string): Promise<string> {
  try {
    const file = await open(log);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(HEADER_BYTES), 0, HEADER_BYTES, 0);
      return buffer.subarray(0, bytesRead).toString('hex');
    } finally {
      await file.close();
    }
  } catch (error) {
    return unlessMissing(error, '');
  }
}

async function copyIfThere(from: string, to: string): Promise<boolean> {
  try {
    await copyFile(from, to);
    return (await stat(to)).size > 0;
  } catch (error) {
    return unlessMissing(error, false);
  }
}

function logOf(database: string): string {
  return `${database}-wal`;
}

function unlessMissing<Answer>(error: unknown, answer: Answer): Answer {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return answer;
  throw error;
}
