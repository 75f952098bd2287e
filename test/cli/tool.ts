/** The service that all tests of the command line share, and the command line as it is served. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after } from 'node:test';
import { Workplace } from '../dev/commands.ts';
import { Live } from '../dev/live.ts';

export const live = await Live.start(undefined, {
  permissions: ['job:create', 'job:read', 'job:cancel', 'webhook:manage', 'key:manage'],
});
export const place = await Workplace.make();
const children = new Set<ChildProcess>();
after(async () => {
  // What a test that failed has left.
  for (const child of children) child.kill('SIGKILL');
  await live.stop();
  await place.leave();
});

export const TOOL = join(live.bundleDir, 'assets', 'headway.mjs');

/** An environment in which the command line finds the service; nothing of this machine's own. */
export function environment(more: Record<string, string | undefined> = {}): NodeJS.ProcessEnv {
  const { PATH, LANG } = process.env;
  return {
    ...{ PATH, LANG, HOME: place.folder, TERM: 'xterm-256color' },
    ...{ HEADWAY_URL: live.client.url, HEADWAY_API_KEY: live.client.apiKey, NO_PROXY: '*', no_proxy: '*' },
    ...more,
  };
}

export interface Outcome {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** A command that runs. */
export interface Started {
  child: ChildProcess;
  stdout(): string;
  stderr(): string;
  ended: Promise<Outcome>;
}

/** Starts `headway`, with nothing to read. */
export function start(args: readonly string[], env: Record<string, string | undefined> = {}): Started {
  return follow(
    spawn(process.execPath, [TOOL, ...args], {
      cwd: place.folder,
      env: environment(env),
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  );
}

/** Follows a process to its end. */
export function follow(child: ChildProcess): Started {
  children.add(child);
  child.once('exit', () => children.delete(child));
  const written = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      written[name] += text;
    });
  }
  const ended = once(child, 'close').then(([code, signal]): Outcome => ({ code, signal, ...written }));
  return { child, stdout: () => written.stdout, stderr: () => written.stderr, ended };
}

/** Runs `headway` to its end. */
export function headway(
  args: readonly string[],
  env: Record<string, string | undefined> = {},
): Promise<Outcome> {
  return start(args, env).ended;
}

/** Asks until something is so. */
export async function until<Value>(
  ask: () => Value | Promise<Value>,
  isSo: (value: Value) => boolean,
  what = 'it',
): Promise<Value> {
  for (const end = Date.now() + 20_000; ; ) {
    const value = await ask();
    if (isSo(value)) return value;
    assert.ok(Date.now() < end, `${what}: ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** How many processes have this in their command line. */
export function running(text: string): number {
  const commands = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      } catch {
        return '';
      }
    });
  return commands.filter((command) => command.includes(text)).length;
}

/** A job whose worker soon hears of a cancellation. */
export function hurried(): Promise<string> {
  return live.client.createJob({ heartbeat_timeout_seconds: 10 });
}

let types = 0;
/** A type that no other test has, so that its one job is found. */
export function newType(): string {
  types += 1;
  return `type-${types}`;
}

/** The newest job of a type, once there is one. */
// biome-ignore lint/suspicious/noExplicitAny: a test reads whatever came back
export async function newest(type: string): Promise<any> {
  const list = async () =>
    (await live.client.get(`/api/jobs?job_type=${type}&limit=1`)).json.jobs as { job_id: string }[];
  const [job] = await until(list, (jobs) => jobs.length > 0, type);
  return live.client.job(job?.job_id ?? '');
}
