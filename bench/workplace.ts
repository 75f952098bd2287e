/** Folders for the data of everybody who is measured, gone when the process is. */
import { rmSync } from 'node:fs';
import { chmod, mkdtemp, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Where Linux keeps files in memory. */
const MEMORY_DISK = '/dev/shm';

/** A folder in `parent`. */
export async function workplace(parent: string): Promise<string> {
  const folder = await mkdtemp(join(parent, 'headway-bench-'));
  // PostgreSQL runs as a user of its own and has a folder in here.
  await chmod(folder, 0o711);
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  process.once('exit', remove);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      // After the processes that work in it: they are ended on exit too, and have registered since.
      process.off('exit', remove).once('exit', remove);
      // Other folders hear of the signal too.
      setImmediate(() => process.exit(130));
    });
  }
  return folder;
}

/** A folder where a commit waits for no disk; null where the system has none. */
export async function memoryWorkplace(): Promise<string | null> {
  const isThere = await stat(MEMORY_DISK).then(
    (found) => found.isDirectory(),
    () => false,
  );
  return isThere ? workplace(MEMORY_DISK) : null;
}
