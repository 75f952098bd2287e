import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { bounded } from '../../client/pause.ts';
import { EXIT } from '../exit-codes.ts';
import type { Output } from '../said/child-progress.ts';
import { type Begun, hasTerminal, isForeground, processOf, signalGroup } from './group.ts';
import { Passing } from './passing.ts';

/** What of our signals is the command's too. */
export const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;
export type Forwarded = (typeof FORWARDED)[number];

/** How often it is looked whether a group has ended (ms). */
const LOOK = 50;

export interface ChildOptions {
  command: readonly [string, ...string[]];
  environment: NodeJS.ProcessEnv;
  /** Is shown all that the command writes. */
  see: (output: Output, bytes: Buffer) => void;
}

/** How a command has ended. */
export interface Ended {
  /** What we end with: its exit code, 128 + n by signal n. */
  code: number;
  /** In words, null for a success. */
  of: string | null;
  /** Whether it has run at all. */
  started: boolean;
}

/**
 * A command that runs. Where there is a terminal it stays in our group, so that it can read there and is told by it of Ctrl-C
 * and of its end; where there is none it leads a session of its own.
 */
export class Child {
  /** Resolves once it has ended and all that it wrote is passed on. Never rejects. */
  readonly ended: Promise<Ended>;
  readonly #hasTerminal: boolean;
  /** Null where it could not be started. */
  readonly #command: Begun | null;
  /** When what is left is killed (ms); null while nobody has stopped it. */
  #killAt: number | null = null;

  constructor({ command: [file, ...args], environment, see }: ChildOptions) {
    this.#hasTerminal = hasTerminal();
    const started = begun(file, args, environment, !this.#hasTerminal);
    if ('error' in started) {
      this.#command = null;
      this.ended = Promise.resolve(unstarted(file, started.error));
      return;
    }
    const { child } = started;
    const { pid } = child;
    this.#command = pid === undefined ? null : (processOf(pid) ?? { pid, began: 0 });
    const outputs = [
      new Passing(child.stdout, 1, (bytes) => see('stdout', bytes)),
      new Passing(child.stderr, 2, (bytes) => see('stderr', bytes)),
    ];
    this.ended = new Promise<Ended>((resolve) => {
      child.once('error', (error) => {
        if (pid === undefined) resolve(unstarted(file, error));
      });
      child.once('exit', async (code, signal) => {
        await this.#leftBehind();
        await Promise.all(outputs.map((output) => output.settle()));
        const isLost = code === 0 && outputs.some(({ lost }) => lost);
        resolve(isLost ? LOST : endedBy(code, signal));
      });
    });
  }

  /**
   * Tells it of a signal that we got. What a terminal sends, it sends to all of its group, so that a command there has
   * it already.
   */
  forward(signal: Forwarded): void {
    const isSentToAll = signal === 'SIGHUP' || (signal !== 'SIGTERM' && isForeground());
    if (!this.#hasTerminal || !isSentToAll) this.#signal(signal);
  }

  /** Ends it and all that it has started: asks first, and kills what has not ended after `graceMs`. */
  stop(graceMs: number): void {
    if (this.#killAt !== null) return;
    this.#killAt = Date.now() + graceMs;
    this.#signal('SIGTERM');
    // What is stopped hears of it once it goes on.
    this.#signal('SIGCONT');
    const killing = setTimeout(() => this.#signal('SIGKILL'), bounded(graceMs));
    this.ended.finally(() => clearTimeout(killing));
  }

  /** Of a command that was stopped, nothing that it started is left running: that has its grace too. */
  async #leftBehind(): Promise<void> {
    while (this.#killAt !== null && this.#signal(0) && Date.now() < this.#killAt + LOOK) await sleep(LOOK);
  }

  #signal(signal: NodeJS.Signals | 0): boolean {
    return this.#command !== null && signalGroup(this.#command, !this.#hasTerminal, signal);
  }
}

/** It has ended well, and what it wrote is not where it should be. */
const LOST: Ended = { code: EXIT.failed, of: 'what it wrote could not be passed on', started: true };

function endedBy(code: number | null, signal: NodeJS.Signals | null): Ended {
  if (signal !== null) {
    return {
      code: EXIT.signal + constants.signals[signal],
      of: `signal ${signal.replace(/^SIG/, '')}`,
      started: true,
    };
  }
  return { code: code ?? EXIT.failed, of: code === 0 ? null : `exit code ${code}`, started: true };
}

/** Some of what hinders a start is told by an event of the process, the rest is thrown. */
function begun(file: string, args: string[], env: NodeJS.ProcessEnv, detached: boolean) {
  try {
    return { child: spawn(file, args, { stdio: ['inherit', 'pipe', 'pipe'], detached, env }) };
  } catch (error) {
    return { error: error as NodeJS.ErrnoException };
  }
}

/** What is to be done where a command can't be started. */
const HELP: Record<string, string> = {
  E2BIG:
    'its arguments and its environment are too long: hand it what is long in a file, or a part at a time, by xargs say',
  EACCES: 'a program is a file that may be executed: chmod +x',
  EAGAIN: 'there are too many processes: try again when some have ended',
  ELOOP: 'its links lead in a circle',
  EMFILE: 'too many files are open: see ulimit -n',
  ENAMETOOLONG: 'its name is too long for a file',
  ENOENT: 'what its first line names to run it by (#!), or its loader, is not there',
  ENOEXEC: 'it is no program of this kind of machine',
  ENOMEM: 'there is no memory for it',
  ENOTDIR: 'something in its path is no folder',
  ETXTBSY: 'it is being written: try again when it is whole',
};

/** As a shell says it. */
function unstarted(file: string, { code = '', message }: NodeJS.ErrnoException): Ended {
  const none = (of: string): Ended => ({ code: EXIT.notFound, of, started: false });
  if (file === '') return none('"": no command has an empty name: is a variable not set?');
  if (code === 'ENOENT' && !(file.includes('/') && existsSync(file)))
    return none(`${file}: command not found`);
  const why = HELP[code];
  return {
    code: EXIT.notExecutable,
    of: `${file}: can’t be started: ${why === undefined ? message : `${code}: ${why}`}`,
    started: false,
  };
}
