/** The data folder is its owner's alone: it holds every job, and the digests of every key. */
import { chmod, mkdir, readdir, stat } from 'node:fs/promises';
import { Complaint } from '../command-line.ts';

/** What tells a data folder from any other that somebody names by mistake. */
const OURS = ['objects', 'claim.json', 'workerd.capnp', 'roots.json'];

/** Makes the folder, or closes the one there is to others. One with other things in it is left as it is, and refused. */
export async function closeDataFolder(dataDir: string): Promise<void> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const { mode } = await stat(dataDir);
  const names = await readdir(dataDir);
  if (names.length > 0 && !names.some((name) => OURS.includes(name))) {
    throw new Complaint(
      `${dataDir} holds other things than this service's data; name a folder of its own in DATA_DIR.`,
    );
  }
  if ((mode & 0o077) === 0) return;
  try {
    await chmod(dataDir, 0o700);
  } catch (error) {
    throw new Complaint(
      `${dataDir} is open to others and can't be closed (${(error as NodeJS.ErrnoException).code}); it takes mode 0700.`,
      { cause: error },
    );
  }
}
