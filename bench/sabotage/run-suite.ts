/** Runs a suite in a folder. */
import { spawn } from 'node:child_process';
import type { Suite } from './patch.ts';

/** A suite that hangs is red too: on a machine that does much else the slowest takes minutes. */
const PATIENCE_MS = 900_000;
const SIMULATED_SEEDS = '400';

export interface Run {
  green: boolean;
  /** Whether it was given up: red by that alone. */
  hung: boolean;
  /** The end of what it wrote. */
  output: string;
  seconds: number;
}

export async function runSuite(suite: Suite, cwd: string): Promise<Run> {
  const began = performance.now();
  const child = spawn(process.execPath, argumentsOf(suite), {
    cwd,
    env: { ...process.env, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-20_000);
    });
  }
  let hung = false;
  const patience = setTimeout(() => {
    hung = true;
    child.kill('SIGKILL');
  }, PATIENCE_MS);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  });
  clearTimeout(patience);
  return { green: code === 0, hung, output, seconds: (performance.now() - began) / 1_000 };
}

/** Suites that run in Node, as `npm run test:client`, `npm run test:cli` and `npm run test:alone` do. */
const IN_NODE = /^test\/(?:client|cli|dev)\//;

function argumentsOf(suite: Suite): string[] {
  if (suite === 'simulation')
    return ['bench/simulate/simulate.ts', '--seed', '1', '--seeds', SIMULATED_SEEDS];
  if (IN_NODE.test(suite))
    return ['--import', './test/client/resolve.ts', '--test', '--test-isolation=none', suite];
  return ['node_modules/vitest/vitest.mjs', 'run', suite];
}
