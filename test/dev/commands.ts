/** Runs the commands of `dev/` the way a person does, in a folder of their own. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { VARIABLES } from '../../dev/service/variables.ts';
import { bundleFor } from '../../dev/service.ts';
import { issued } from '../contract/client.ts';
import { leaksIn } from '../contract/issued.ts';

/** A command that was started. */
export interface Running {
  child: ChildProcess;
  /** What it wrote so far, to stdout and stderr. */
  stdout(): string;
  stderr(): string;
  /** Resolves once its output matches; rejects if it ends without. */
  says(pattern: RegExp): Promise<void>;
  /** Its exit code; null for an end by a signal. */
  ended: Promise<number | null>;
}

/** A folder to work in, and the commands that run there. */
export class Workplace {
  readonly folder: string;
  readonly #running = new Set<Running>();

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async make(): Promise<Workplace> {
    return new Workplace(await mkdtemp(join(tmpdir(), 'headway-dev-')));
  }

  path(...names: string[]): string {
    return join(this.folder, ...names);
  }

  async mode(...names: string[]): Promise<string> {
    return ((await stat(this.path(...names))).mode & 0o777).toString(8);
  }

  async text(...names: string[]): Promise<string> {
    return readFile(this.path(...names), 'utf8');
  }

  /** The contents of `.headway/dev.json`. */
  async access(): Promise<{ url: string; organization_id: string; api_key: string; admin_token: string }> {
    return JSON.parse(await this.text('.headway', 'dev.json'));
  }

  /** Starts `dev/<name>.ts` on any free port, unless `env` names one. */
  start(name: string, args: string[] = [], env: Record<string, string> = {}): Running {
    return this.run(process.execPath, [scriptOf(name), ...args], env);
  }

  /** Starts any command in this folder. */
  run(command: string, args: string[], env: Record<string, string> = {}): Running {
    const running = follow(
      spawn(command, args, {
        cwd: this.folder,
        env: { ...bareEnvironment(), HEADWAY_HOME: this.folder, PORT: '0', ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    );
    this.#running.add(running);
    return running;
  }

  /** Puts a bundle where `npm start -- --no-build` looks for it. */
  async bundle(): Promise<void> {
    await cp(await bundleFor(this.path('bundle')), this.path('dist'), { recursive: true });
  }

  /** Starts `npm start` and waits until it greets. */
  async greeted(args: string[] = [], env: Record<string, string> = {}): Promise<Running> {
    const running = this.start('start', args, env);
    await running.says(/Create a job[\s\S]*\n\n$/);
    return running;
  }

  /** Ends what still runs and removes the folder, where by then no secret lies but in the files that are there for them. */
  async leave(): Promise<void> {
    for (const { child, ended } of this.#running) {
      if (child.exitCode === null) child.kill('SIGTERM');
      await ended;
    }
    const leaks = await leaksIn(this.folder, issued, ['.dev.vars', 'dev.json']);
    await rm(this.folder, { recursive: true, force: true });
    assert.deepEqual(leaks, []);
  }
}

/** The path of `dev/<name>.ts`. */
export function scriptOf(name: string): string {
  return fileURLToPath(new URL(`../../dev/${name}.ts`, import.meta.url));
}

/** This process's environment without what would reach the commands by chance. */
function bareEnvironment(): NodeJS.ProcessEnv {
  const chance: string[] = [
    'HEADWAY_URL',
    'HEADWAY_API_KEY',
    'HEADWAY_REPORT_URL',
    'HEADWAY_JOB_ID',
    'ROOT_SECRET',
    'ADMIN_TOKEN',
    'DATA_DIR',
    'HOST',
    ...VARIABLES,
    'NODE_TEST_CONTEXT',
  ];
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !chance.includes(name)));
}

function follow(child: ChildProcess): Running {
  const written = { stdout: '', stderr: '' };
  const listeners = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      written[name] += text;
      for (const listener of listeners) listener();
    });
  }
  const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  const says = (pattern: RegExp) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (pattern.test(written.stdout) || pattern.test(written.stderr)) resolve();
      };
      listeners.add(look);
      look();
      ended.then((code) => reject(new Error(`ended with ${code}: ${written.stdout}${written.stderr}`)));
    });
  return { child, stdout: () => written.stdout, stderr: () => written.stderr, says, ended };
}
