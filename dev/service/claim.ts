/** One service a data folder: two would each believe to hold the only instance of every object. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Complaint } from '../command-line.ts';
import { type FolderLock, isHeld, lockFolder } from './folder-lock.ts';
import { askHealth } from './health.ts';

/** Refuses when a service uses `dataDir`. */
export async function refuseIfClaimed(dataDir: string): Promise<void> {
  if (await isHeld(dataDir)) throw await inUse(dataDir);
  await refuseUnlocked(dataDir);
}

/** Holds `dataDir` for a service that is to start; refuses when another uses it, or is about to. */
export async function holdFolder(dataDir: string): Promise<FolderLock> {
  const lock = await lockFolder(dataDir);
  if (lock === null) throw await inUse(dataDir);
  try {
    await refuseUnlocked(dataDir);
    // What is there until `claim` would be told of this service by mistake.
    await rm(claimFile(dataDir), { force: true });
    return lock;
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** Notes that the service at `url` uses `dataDir`. */
export async function claim(dataDir: string, pid: number, url: string): Promise<void> {
  await writeFile(claimFile(dataDir), JSON.stringify({ pid, url }));
}

/** Refuses when a service that holds no lock, as older versions do, has claimed `dataDir` and is still there. */
async function refuseUnlocked(dataDir: string): Promise<void> {
  const claim = await readClaim(dataDir);
  // A process id alone proves little: it may belong to another program by now.
  if (claim && isAlive(claim.pid) && (await askHealth(claim.url)) === 200) throw await inUse(dataDir);
}

async function inUse(dataDir: string): Promise<Complaint> {
  const claim = await readClaim(dataDir);
  const service = claim ? `the service at ${claim.url} (process ${claim.pid})` : 'a service that starts';
  return new Complaint(`${dataDir} is in use by ${service}.`);
}

function claimFile(dataDir: string): string {
  return join(dataDir, 'claim.json');
}

async function readClaim(dataDir: string): Promise<{ pid: number; url: string } | null> {
  try {
    return JSON.parse(await readFile(claimFile(dataDir), 'utf8'));
  } catch {
    return null;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
