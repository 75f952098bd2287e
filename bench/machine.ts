/** Where a run took place: without it, its figures mean nothing. */
import { execFileSync } from 'node:child_process';
import { closeSync, fdatasyncSync, openSync, statfsSync, writeSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { PROJECT } from '../dev/home.ts';
import { versionOf } from './versions.ts';

export interface Machine {
  cpu: string;
  cores: number;
  memoryGiB: number;
  system: string;
  /** Whether the data is in memory: then a commit costs nothing, and no figure is comparable. */
  memoryDisk: boolean;
  /** 4 KiB writes a second, each synced, in the folder of the data. */
  syncsPerSecond: number;
  /** The load average of the last minute before the run. */
  load: number;
  commit: string;
  versions: string[];
}

const TMPFS = 0x01021994;

export function describeMachine(folder: string): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()}`,
    memoryDisk: statfsSync(folder).type === TMPFS,
    syncsPerSecond: Math.round(syncRate(join(folder, 'sync-probe'))),
    load: Math.round((loadavg()[0] ?? 0) * 100) / 100,
    commit: commitOf(),
    versions: [`Node ${process.versions.node}`, versionOf('workerd', 'hono', 'zod') ?? ''],
  };
}

/** 4 KiB writes a second, each synced, for half a second: the smallest durable write there is, what every commit is made of. */
export function syncRate(file: string): number {
  const page = Buffer.alloc(4_096, 1);
  const descriptor = openSync(file, 'w');
  try {
    const until = performance.now() + 500;
    let syncs = 0;
    for (; performance.now() < until; syncs++) {
      writeSync(descriptor, page);
      fdatasyncSync(descriptor);
    }
    return syncs * 2;
  } finally {
    closeSync(descriptor);
  }
}

function commitOf(): string {
  try {
    const git = (...args: string[]) =>
      execFileSync('git', args, { cwd: PROJECT, encoding: 'utf8', stdio: 'pipe' }).trim();
    const changed = git('status', '--porcelain', '--', 'src') === '' ? '' : ', changed';
    return git('rev-parse', '--short', 'HEAD') + changed;
  } catch {
    return 'unknown';
  }
}
