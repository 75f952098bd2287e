/** The workerd process: started, listened to, waited for. */
import { type ChildProcess, spawn } from 'node:child_process';
import { writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { withAllFiles } from './open-files.ts';
import { SOCKET } from './workerd-config.ts';

/** Where a process writes its lines: this terminal, nowhere, or a file descriptor. */
export type Output = 'inherit' | 'ignore' | number;

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface WorkerdProcess {
  child: ChildProcess;
  exited: Promise<Exit>;
  /** The port it listens on; never settles if it ends before it listens. */
  port: Promise<number>;
  /** That of its inspector, likewise; never settles where it was started without one. */
  inspectorPort: Promise<number>;
  /** The end of what it wrote to stderr. */
  complaints(): string;
}

/** Starts workerd with `args` and, in its environment, `bindings`; it inherits `held`, a descriptor, until its end. */
export function spawnWorkerd(
  args: readonly string[],
  bindings: Record<string, string>,
  output: Output,
  held?: number,
): WorkerdProcess {
  const [command, rest] = withAllFiles(workerdBinary(), [...args, '--control-fd=3']);
  const child = spawn(command, rest, {
    env: { ...process.env, ...bindings },
    stdio: ['ignore', output, 'pipe', 'pipe', held ?? 'ignore'],
  });
  try {
    return { child, exited: exitOf(child), ...portsOf(child), complaints: tailOfErrors(child, output) };
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
}

function workerdBinary(): string {
  return (createRequire(import.meta.url)('workerd') as { default: string }).default;
}

function exitOf(child: ChildProcess): Promise<Exit> {
  // A caller that ends without stopping the service leaves no orphan.
  const killWithCaller = () => child.kill('SIGKILL');
  process.once('exit', killWithCaller);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    // Not 'exit': by 'close' all that it wrote has been read too.
    child.once('close', (code, signal) => {
      process.off('exit', killWithCaller);
      resolve({ code, signal });
    });
  });
}

interface ControlLine {
  event: string;
  socket?: string;
  port?: number;
}

/** What it says on its control pipe, to whose end it is read: a full pipe would stop it. */
function portsOf(child: ChildProcess): Pick<WorkerdProcess, 'port' | 'inspectorPort'> {
  const lines = createInterface({ input: child.stdio[3] as Readable });
  const portWhere = (is: (told: ControlLine) => boolean) =>
    new Promise<number>((resolve) => {
      lines.on('line', (line) => {
        const told = JSON.parse(line) as ControlLine;
        if (told.port !== undefined && is(told)) resolve(told.port);
      });
    });
  return {
    port: portWhere(({ event, socket }) => event === 'listen' && socket === SOCKET),
    inspectorPort: portWhere(({ event }) => event === 'listen-inspector'),
  };
}

function tailOfErrors(child: ChildProcess, output: Output): () => string {
  let tail = '';
  const target = output === 'inherit' ? 2 : output;
  (child.stderr as Readable).setEncoding('utf8').on('data', (text: string) => {
    tail = (tail + text).slice(-4_000);
    if (target !== 'ignore') writeSync(target, text);
  });
  return () => tail.trim();
}
