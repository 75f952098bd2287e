import { chmod, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { Complaint } from './complaint.ts';
import { EXIT } from './exit-codes.ts';

/** What `login` keeps. */
export interface Profile {
  url: string;
  api_key: string;
}

type Environment = Record<string, string | undefined>;

/** `$XDG_CONFIG_HOME/headway/profile.json`, which its owner alone may read. */
export function profileFile({ XDG_CONFIG_HOME, HOME }: Environment): string {
  return join(XDG_CONFIG_HOME || join(HOME || homedir(), '.config'), 'headway', 'profile.json');
}

/** Null where there is none; a `Complaint` where it can’t be used. */
export async function readProfile(environment: Environment): Promise<Profile | null> {
  const file = profileFile(environment);
  try {
    const text = await readFile(file, 'utf8');
    const { mode } = await stat(file);
    if ((mode & 0o077) !== 0) {
      throw new Complaint(`others may read ${file}, which holds a key: chmod 600 it`, EXIT.usage);
    }
    const { url, api_key } = JSON.parse(text) as Partial<Profile>;
    if (typeof url !== 'string' || typeof api_key !== 'string')
      throw new TypeError('it holds no url and api_key');
    return { url, api_key };
  } catch (error) {
    if (error instanceof Complaint) throw error;
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new Complaint(`${file} can’t be read: ${(error as Error).message}`, EXIT.usage);
  }
}

/** Renamed into place, so that nobody reads half of it; answers where it is. */
export async function keepProfile(environment: Environment, profile: Profile): Promise<string> {
  const file = profileFile(environment);
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, `${JSON.stringify(profile, null, 2)}\n`, { mode: 0o600 });
  await chmod(draft, 0o600);
  await rename(draft, file);
  return file;
}

/** Whether there was one. */
export async function removeProfile(environment: Environment): Promise<boolean> {
  const there = await stat(profileFile(environment)).catch(() => null);
  await rm(profileFile(environment), { force: true });
  return there !== null;
}
