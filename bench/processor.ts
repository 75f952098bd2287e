/** What the system tells of the processor that processes have used, and of the time they waited for one. */
import { readdirSync, readFileSync } from 'node:fs';

/** Ticks of a second in /proc: the same on every Linux that Node runs on. */
const TICKS = 100;

interface Process {
  pid: number;
  parent: number;
  /** Its own, and that of its children that have ended (ms). */
  ms: number;
}

/**
 * Processor time of processes and all their descendants so far (ms), in steps of 10; 0 where there is no /proc. Of a child that
 * has ended it is its parent's.
 */
export function processorMs(roots: readonly number[]): number {
  const all = processes();
  const family = familyOf(roots, all);
  return all.reduce((sum, { pid, ms }) => (family.has(pid) ? sum + ms : sum), 0);
}

/** The processes and all their descendants, parents first. */
export function processTree(roots: readonly number[]): number[] {
  return [...familyOf(roots, processes())];
}

/**
 * Processor time that processes and all their descendants have used so far, and that they could have used but for others (ms). It
 * is that of the threads there are: one that ends takes its own away.
 */
export function demandMs(roots: readonly number[]): number {
  const threads = processTree(roots).flatMap((pid) => {
    return entriesOf(`/proc/${pid}/task`).map((thread) => `/proc/${pid}/task/${thread}`);
  });
  return threads.reduce((sum, thread) => {
    const { usedMs, waitedMs } = scheduleOf(thread);
    return sum + usedMs + waitedMs;
  }, 0);
}

/** How long the main thread of a process has waited for a processor so far (ms); 0 where the system does not tell. */
export function waitedMs(pid: number): number {
  return scheduleOf(`/proc/${pid}`).waitedMs;
}

/** The first two figures of schedstat (sched-stats.rst of Linux); zeros where there are none. */
function scheduleOf(path: string): { usedMs: number; waitedMs: number } {
  try {
    const [used = 0, waited = 0] = readFileSync(`${path}/schedstat`, 'utf8').split(' ').map(Number);
    return { usedMs: used / 1e6, waitedMs: waited / 1e6 };
  } catch {
    return { usedMs: 0, waitedMs: 0 };
  }
}

/** None where the folder is not there, or no longer. */
function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** One line of /proc/<pid>/stat (proc_pid_stat(5)). A command may hold blanks and parentheses: fields count from its last one. */
export function processOf(stat: string): Process {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // State is the third field of the line, so the parent is the fourth; utime, stime, cutime and cstime are 14 to 17.
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return { pid: Number.parseInt(stat, 10), parent: Number(fields[1]), ms: (ticks * 1_000) / TICKS };
}

function familyOf(roots: readonly number[], all: readonly Process[]): Set<number> {
  const family = new Set(roots);
  // A set takes what is added while it is walked.
  for (const pid of family) for (const child of all) if (child.parent === pid) family.add(child.pid);
  return family;
}

function processes(): Process[] {
  return entriesOf('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return [processOf(readFileSync(`/proc/${pid}/stat`, 'utf8'))];
      } catch {
        // It has ended since.
        return [];
      }
    });
}
