/** One service a data folder: two would each believe to hold the only instance of every object. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Complaint } from '../command-line.ts';
import { askHealth } from './health.ts';

/** Refuses when the service that used `dataDir` last is still there. */
export async function refuseIfClaimed(dataDir: string): Promise<void> {
  const claim = await readClaim(dataDir);
  // A process id alone proves little: it may belong to another program by now.
  if (claim && isAlive(claim.pid) && (await askHealth(claim.url)) === 200) {
    throw new Complaint(`${dataDir} is in use by the service at ${claim.url} (process ${claim.pid}).`);
  }
}

/** Notes that the service at `url` uses `dataDir`. */
export async function claim(dataDir: string, pid: number, url: string): Promise<void> {
  await writeFile(claimFile(dataDir), JSON.stringify({ pid, url }));
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
