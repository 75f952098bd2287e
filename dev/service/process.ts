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
  /** The end of what it wrote to stderr. */
  complaints(): string;
}

/** Starts workerd with `args` and, in its environment, `bindings`. */
export function spawnWorkerd(
  args: readonly string[],
  bindings: Record<string, string>,
  output: Output,
): WorkerdProcess {
  const [command, rest] = withAllFiles(workerdBinary(), [...args, '--control-fd=3']);
  const child = spawn(command, rest, {
    env: { ...process.env, ...bindings },
    stdio: ['ignore', output, 'pipe', 'pipe'],
  });
  return {
    child,
    exited: exitOf(child),
    port: listeningPort(child),
    complaints: tailOfErrors(child, output),
  };
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

async function listeningPort(child: ChildProcess): Promise<number> {
  const control = child.stdio[3] as Readable;
  for await (const line of createInterface({ input: control })) {
    const message = JSON.parse(line) as { event: string; socket?: string; port?: number };
    if (message.event === 'listen' && message.socket === SOCKET && message.port) {
      control.resume();
      return message.port;
    }
  }
  return new Promise(() => {});
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
