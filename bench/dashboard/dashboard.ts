/**
 * `npm run bench:dashboard -- --minutes 60`: how long a real chromium takes from opening the page to its first rows; how long
 * after a report's answer its change is on the screen where 2,000 jobs are shown, each of which changes once in ten seconds;
 * what the page asks the service for meanwhile, and what it holds in memory. Fails where a figure misses its aim. Without
 * `--minutes` a minute, which tells nothing of memory. `--steps` tells where progress spent its time.
 */

import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bundleFor } from '../../dev/service.ts';
import { type Aim, atLeast, atMost, isMet, once } from '../aim.ts';
import { startHeadway } from '../headway.ts';
import { describeMachine } from '../machine.ts';
import { spreadOf } from '../stats.ts';
import { table } from '../table.ts';
import { workplace } from '../workplace.ts';
import { type Stay, stay } from './stay.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string' },
    jobs: { type: 'string', default: '2000' },
    rate: { type: 'string', default: '200' },
    steps: { type: 'boolean', default: false },
  },
});
const long = values.minutes !== undefined;
const plan = {
  jobs: Number(values.jobs),
  rate: Number(values.rate),
  seconds: Number(values.minutes ?? 1) * 60,
  steps: values.steps,
};

const folder = await workplace(tmpdir());
const bundleDir = await bundleFor(join(folder, 'bundle'));
const { cpu, cores, syncsPerSecond, load, commit } = describeMachine(folder);
console.log(`${cpu}, ${cores} cores, ${syncsPerSecond} syncs a second, load ${load}; commit ${commit}\n`);
const service = await startHeadway({ dataDir: join(folder, 'data'), bundleDir });
try {
  const told = await stay(service, plan, (line) => console.log(line));
  print(told);
  const aims = aimsOf(told);
  const row = (aim: Aim) => [
    aim.what,
    `${aim.bound} ${aim.aim}`,
    (aim.measured?.median ?? Number.NaN).toFixed(2),
    isMet(aim) ? 'yes' : 'NO',
  ];
  console.log(`\n${table(['what', 'aim', 'measured', 'met'], aims.map(row))}`);
  if (aims.some((aim) => !isMet(aim))) process.exitCode = 1;
} finally {
  await service.stop();
}

function print(told: Stay): void {
  const { missed, overtaken, answers, failures, requests, seconds } = told;
  const ms = (value: number) => value.toFixed(0);
  const rowsOf = (delays: Stay['delays']) =>
    delays.map(([what, { changes, p50, p99, max }]) => [what, String(changes), ...[p50, p99, max].map(ms)]);
  const head = ['count', 'p50 ms', 'p99 ms', 'max ms'];
  console.log(`\n${table(['change', ...head], rowsOf(told.delays))}`);
  if (plan.steps) console.log(`\n${table(['step of progress', ...head], rowsOf(told.steps))}`);
  console.log(`\n${missed} missed, ${overtaken} shown only by a later change of their job`);
  console.log(`reports: p50 ${ms(answers.p50)} ms, p99 ${ms(answers.p99)} ms`);
  if (failures.length > 0) console.log(`${failures.length} had no answer, the first for: ${failures[0]}`);
  const asked = Map.groupBy(requests, (path) => path);
  const counts = [...asked].map(([path, all]) => `${all.length} × ${path}`);
  console.log(`requests of the page in ${ms(seconds)} s: ${counts.join(', ') || 'none'}`);
  console.log(`cores used: ${shares(told.cores)}; of one by the page's main thread: ${shares(told.page)}`);
}

function shares(used: Record<string, number>): string {
  return Object.entries(used)
    .map(([by, share]) => `${by} ${share.toFixed(2)}`)
    .join(', ');
}

function aimsOf({ first, delays, missed, requests, answers, seconds, memory }: Stay): Aim[] {
  const [, all] = delays[0] ?? [];
  const [start, last] = [memory[0], memory.at(-1)];
  return [
    atMost(300, 'from opening the page to its first rows, ms', spreadOf(first)),
    atMost(500, 'p99 from a report’s answer to the screen, ms', once(all?.p99)),
    atMost(0, 'changes missed', once(missed)),
    atMost(0, 'requests of the page for a job', once(requests.filter(isOfJob).length)),
    atLeast(0.99 * plan.rate, 'reports answered a second', once(answers.count / seconds)),
    ...(long && start && last
      ? [
          atMost(1.1, 'heap of the page, last ÷ first', once(last.heapMiB / start.heapMiB)),
          atMost(1.1, 'nodes of the page, last ÷ first', once(last.nodes / start.nodes)),
        ]
      : []),
  ];
}

function isOfJob(path: string): boolean {
  return /^\/api\/jobs\/(?!stats$).+/.test(path);
}
