import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs';

/** A process as its system lists it. */
export interface Listed {
  pid: number;
  parent: number;
  group: number;
  session: number;
  /** When it began, in ticks of its system’s clock. */
  began: number;
}

/** A command, which may have ended. */
export type Begun = Pick<Listed, 'pid' | 'began'>;

/** Whether there is a terminal, which a program may read whatever its own input is. */
export function hasTerminal(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return true;
  } catch {
    return false;
  }
}

/** Whether the terminal belongs to our group, so that its Ctrl-C is sent to all of it. */
export function isForeground(): boolean {
  const [, group, , , foreground] = statOf('self');
  return foreground === undefined || foreground === group;
}

/** Sends a signal to a command and all that it has started, and answers whether anything of that is there. */
export function signalGroup(command: Begun, isLeader: boolean, signal: NodeJS.Signals | 0): boolean {
  const targets = isLeader ? [-command.pid] : startedBy(command, process.pid, processes());
  const reached = targets.filter((target) => {
    try {
      return process.kill(target, signal);
    } catch {
      return false;
    }
  });
  return reached.length > 0;
}

/**
 * What a command has started in the group that it shares with us and whoever started us: itself, its descendants, and those
 * whose parents have ended, where they began no earlier. What an ancestor of ours has started, the other programs of a pipe or
 * a server that a script has left behind, say, is not its.
 */
export function startedBy(command: Begun, self: number, listed: readonly Listed[]): number[] {
  const byPid = new Map(listed.map((one) => [one.pid, one]));
  const own = byPid.get(self);
  if (own === undefined) return [command.pid];
  // An init that takes in orphans is everyone's ancestor, but of another session.
  const others = new Set(lineOf(own, byPid).filter(({ session }) => session === own.session));
  return listed
    .filter((one) => one.group === own.group && one.pid !== self)
    .filter((one) => {
      const line = lineOf(one, byPid);
      if (line.some(({ pid }) => pid === command.pid)) return true;
      const near = line.filter(({ session }) => session === own.session);
      return near.every((each) => !others.has(each) && each.began >= command.began);
    })
    .map(({ pid }) => pid);
}

/** A process and its ancestors. */
function lineOf(one: Listed, byPid: ReadonlyMap<number, Listed>): Listed[] {
  const line: Listed[] = [];
  for (let at: Listed | undefined = one; at !== undefined && !line.includes(at); at = byPid.get(at.parent)) {
    line.push(at);
  }
  return line;
}

/** By `/proc`; none where there is none. */
function processes(): Listed[] {
  const names = namesIn('/proc').filter((name) => /^\d+$/.test(name));
  return names.flatMap((name) => processOf(Number(name)) ?? []);
}

/** One of them; undefined where it is gone, or there is no `/proc`. */
export function processOf(pid: number): Listed | undefined {
  const { 0: parent, 1: group, 2: session, 18: began } = statOf(String(pid));
  if (parent === undefined || group === undefined || session === undefined || began === undefined) return;
  return { pid, parent, group, session, began };
}

/** The numbers of a process, from its parent on (`man proc_pid_stat`, field 4); none of one that is gone. */
function statOf(name: string): number[] {
  try {
    // The name of the program, in brackets, may hold anything.
    const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
    const [, , ...numbers] = stat.slice(stat.lastIndexOf(')')).split(' ');
    return numbers.map(Number);
  } catch {
    return [];
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
