/**
 * `npm run bench:index`: lists of indexes of 1,000 to 1,000,000 jobs: how long each takes on `workerd serve`, the rows that it
 * reads, and the bytes of a job. `-- --short` is of 1,000 and 10,000 and takes seconds; `-- --jobs 1000,100000` names sizes.
 * Fails where a figure misses its bound. 200 creates a second are 2,000 syncs of a disk by the one thread that lists too:
 * `TMPDIR=/dev/shm` leaves the disk out, and what the bare runtime makes of as many stands beside.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildBundle } from '../../dev/service.ts';
import { type Aim, atMost, isMet, once } from '../aim.ts';
import { bundleWorker } from '../bundle.ts';
import { describeMachine } from '../machine.ts';
import { table } from '../table.ts';
import { type BesideCreates, floorBesideCreates } from './beside-creates.ts';
import { type IndexCost, type IndexPlan, type ListCost, measureIndex } from './measure-index.ts';

const WHOLE: IndexPlan = { answers: 200, pairAnswers: 20, creates: 200, seconds: 15 };
const SHORT: IndexPlan = { answers: 20, pairAnswers: 1, creates: 200, seconds: 2 };

const { values } = parseArgs({ options: { short: { type: 'boolean' }, jobs: { type: 'string' } } });
const sizes = (values.jobs ?? (values.short ? '1000,10000' : '1000,10000,100000,1000000'))
  .split(',')
  .map(Number);
const plan = values.short ? SHORT : WHOLE;

const folder = await mkdtemp(join(tmpdir(), 'headway-index-'));
try {
  const bundle = join(folder, 'bundle');
  await buildBundle(join(folder, 'service'));
  await bundleWorker('bench/index/worker.ts', bundle, join(folder, 'service'));
  const { cpu, cores, syncsPerSecond, load, commit } = describeMachine(folder);
  console.log(`${cpu}, ${cores} cores, ${syncsPerSecond} syncs a second, load ${load}; commit ${commit}\n`);
  const costs: IndexCost[] = [];
  for (const jobs of sizes) {
    const cost = await measureIndex(folder, bundle, jobs, plan, (line) => console.error(line));
    costs.push(cost);
    print(cost);
  }
  const floor = await floorBesideCreates(folder, join(folder, 'service'), plan);
  console.log(`\nAn object of one row, on the bare runtime: ${besideText(floor)}`);
  const aims = aimsOf(costs);
  const row = (aim: Aim) => [
    aim.what,
    `${aim.bound} ${aim.aim}`,
    (aim.measured?.median ?? 0).toFixed(2),
    isMet(aim) ? 'yes' : 'NO',
  ];
  console.log(`\n${table(['what', 'bound', 'measured', 'met'], aims.map(row))}`);
  if (aims.some((aim) => !isMet(aim))) process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}

function print({ jobs, bytesAJob, entryBytes, pages, filters, pairs, beside }: IndexCost): void {
  const bytes = `${Math.round(bytesAJob)} bytes each, ${Math.round(entryBytes)} of them its row`;
  console.log(`\n## ${jobs.toLocaleString('en-US')} jobs, ${bytes}\n`);
  // Of two together, which are many, those that take longest.
  const slowest = [...pairs].sort((a, b) => b.median - a.median).slice(0, 12);
  const head = ['list of 50', 'median ms', 'p99 ms', 'rows read'];
  const row = ({ what, median, p99, rows }: ListCost) => [
    what,
    median.toFixed(2),
    p99.toFixed(2),
    String(rows),
  ];
  console.log(table(head, [...pages, ...filters].map(row)));
  console.log(`\nOf ${pairs.length} pairs the slowest:\n\n${table(head, slowest.map(row))}`);
  console.log(`\nThe first page: ${besideText(beside)}`);
}

function besideText({ idle, busy }: BesideCreates): string {
  return `p99 ${idle.toFixed(2)} ms idle, ${busy.toFixed(2)} ms beside ${plan.creates} creates a second`;
}

function aimsOf(costs: readonly IndexCost[]): Aim[] {
  const [least, most] = [costs[0], costs.at(-1)];
  if (least === undefined || most === undefined) throw new Error('nothing was measured');
  const slowest = Math.max(
    ...costs.flatMap(({ filters, pairs }) => [...filters, ...pairs].map(({ median }) => median)),
  );
  const reads = Math.max(
    ...costs.flatMap(({ pages, filters, pairs }) => [...pages, ...filters, ...pairs].map(({ rows }) => rows)),
  );
  const first = (cost: IndexCost) => cost.pages[0]?.median ?? Number.NaN;
  return [
    atMost(
      2,
      `first page of ${most.jobs} jobs, times that of ${least.jobs}`,
      once(first(most) / first(least)),
    ),
    atMost(20, 'the slowest filter or pair, ms', once(slowest)),
    atMost(10_000, 'rows read for a page', once(reads)),
    atMost(1_000, 'bytes of a job with all indexes', once(most.bytesAJob)),
    atMost(700, 'bytes of its row', once(most.entryBytes)),
    atMost(
      3,
      `p99 beside ${plan.creates} creates a second, times the idle one`,
      once(most.beside.busy / most.beside.idle),
    ),
  ];
}
