/** The memory of a process, from the system that runs it. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Resident memory (MiB); null where there is no /proc. */
export function residentMiB(pid: number): number | null {
  try {
    const kib = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kib === undefined ? null : Number(kib) / 1_024;
  } catch {
    return null;
  }
}

/** How many objects a service has open: each has a database of its own. 0 where there is no /proc. */
export function openObjects(pid: number): number {
  try {
    const files = readdirSync(`/proc/${pid}/fd`).map((file) => targetOf(`/proc/${pid}/fd/${file}`));
    return files.filter((file) => file.endsWith('.sqlite')).length;
  } catch {
    return 0;
  }
}

function targetOf(link: string): string {
  try {
    return readlinkSync(link);
  } catch {
    // It was closed since it was listed.
    return '';
  }
}
