/** What the machine did beside the benchmark while a part of it ran. */
import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { processorMs } from './processor.ts';

export interface Others {
  part: string;
  seconds: number;
  /** Processor time of everybody else, in cores: 1 is one core all the time. Null where the system does not tell. */
  cores: number | null;
  /** Processor time that this machine's host gave to another one, in cores. */
  stolen: number | null;
  /** The load average of the last minute at the end of the part: the benchmark's own load is in it. */
  load: number;
}

/** Runs a part of the benchmark and notes what the others did meanwhile. */
export async function besideOthers<Outcome>(
  part: string,
  note: (others: Others) => void,
  work: () => Promise<Outcome>,
): Promise<Outcome> {
  const [before, began] = [usage(), performance.now()];
  try {
    return await work();
  } finally {
    const [after, seconds] = [usage(), (performance.now() - began) / 1_000];
    const cores = (name: 'others' | 'stolen') => {
      return before === null || after === null ? null : (after[name] - before[name]) / 1_000 / seconds;
    };
    const others = cores('others');
    note({
      ...{ part, seconds, stolen: cores('stolen'), load: loadavg()[0] ?? 0 },
      // The two are not read in the same instant.
      cores: others === null ? null : Math.max(0, others),
    });
  }
}

/** Processor time of everybody but this process and its descendants, and what was stolen, so far (ms). */
function usage(): { others: number; stolen: number } | null {
  try {
    const { busy, stolen } = machineOf(readFileSync('/proc/stat', 'utf8'));
    return { others: busy - processorMs([process.pid]), stolen };
  } catch {
    return null;
  }
}

/** The first line of /proc/stat (proc_stat(5)): time in which processors worked for somebody, and stolen time (ms). */
export function machineOf(stat: string): { busy: number; stolen: number } {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = (stat.split('\n')[0] ?? '')
    .split(/\s+/)
    .slice(1)
    .map((ticks) => Number(ticks) * 10);
  return { busy: user + nice + system + irq + softirq, stolen: steal };
}
