/** A process that the benchmark starts: listened to, stopped by its id, and never left behind. */
import { type ChildProcess, spawn } from 'node:child_process';

export interface ChildOptions {
  args: readonly string[];
  cwd: string;
  env?: Record<string, string>;
  /** Whom it runs as, where that is not ourselves. */
  user?: { uid: number; gid: number } | null;
  /** What asks it to end, SIGTERM unless another is named. */
  stopSignal?: NodeJS.Signals;
  /** What ends it when we end ourselves, SIGKILL unless another is named. */
  lastSignal?: NodeJS.Signals;
}

/** How long a process may take to say that it is ready, or to end (ms). */
const START_PATIENCE = 30_000;
const STOP_PATIENCE = 10_000;

export class Child {
  readonly #process: ChildProcess;
  readonly #stopSignal: NodeJS.Signals;
  readonly #command: string;
  /** The exit code, null for an end by a signal. */
  readonly ended: Promise<number | null>;
  #output = '';

  constructor(command: string, options: ChildOptions) {
    const { args, cwd, env, user, stopSignal = 'SIGTERM', lastSignal = 'SIGKILL' } = options;
    this.#command = command;
    this.#stopSignal = stopSignal;
    this.#process = spawn(command, args, {
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
      ...(user ?? {}),
    });
    const killWithUs = () => this.#process.kill(lastSignal);
    process.once('exit', killWithUs);
    this.ended = new Promise((resolve, reject) => {
      this.#process.once('error', reject);
      this.#process.once('close', (code) => {
        process.off('exit', killWithUs);
        resolve(code);
      });
    });
    // Whoever waits for the process hears of it; nobody has to.
    this.ended.catch(() => {});
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output = (this.#output + text).slice(-20_000);
      });
    }
  }

  get pid(): number {
    const { pid } = this.#process;
    if (pid === undefined) throw new Error(`${this.#command} could not be started`);
    return pid;
  }

  /** Resolves with what of its output matches; rejects if it ends or keeps silent instead. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    const deadline = Date.now() + START_PATIENCE;
    let ended = false;
    const end = this.ended.then(() => {
      ended = true;
    });
    for (;;) {
      const match = pattern.exec(this.#output);
      if (match !== null) return match;
      if (ended || Date.now() > deadline) {
        await this.stop();
        throw new Error(`${this.#command} did not start:\n${this.#output.slice(-2_000)}`);
      }
      await Promise.race([end, new Promise((resolve) => setTimeout(resolve, 20))]);
    }
  }

  /** Waits for it to end well. */
  async done(): Promise<void> {
    const code = await this.ended;
    if (code !== 0) throw new Error(`${this.#command} failed (${code}):\n${this.#output.slice(-2_000)}`);
  }

  async stop(): Promise<void> {
    this.#process.kill(this.#stopSignal);
    const patience = setTimeout(() => this.#process.kill('SIGKILL'), STOP_PATIENCE);
    await this.ended.catch(() => {}).finally(() => clearTimeout(patience));
  }
}
