import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isMet } from '../../bench/aim.ts';
import { aimsOf } from '../../bench/aims.ts';
import { addSample, type Cell, type CellSample, type State } from '../../bench/cells.ts';
import type { JobsPoint } from '../../bench/growth.ts';
import type { Measure } from '../../bench/measures.ts';
import type { WorkerRun } from '../../bench/one-worker.ts';
import { readPlan } from '../../bench/plan.ts';
import { reportOf } from '../../bench/report.ts';
import type { Results } from '../../bench/results.ts';

/** From what a run found out to what it is said to have reached. */

function resultsOf(found: Partial<Results>): Results {
  return {
    ...{ began: '2026-01-02T03:04:05.678Z', minutes: 1, plan: readPlan(), peers: [], skipped: [] },
    machine: {
      ...{ cpu: 'one', cores: 2, memoryGiB: 4, system: 'Linux', memoryDisk: false, syncsPerSecond: 900 },
      ...{ load: 0.1, commit: 'abc', versions: [] },
    },
    ...{ cells: null, life: null, processor: null, workers: null, index: null, growth: null, watch: null },
    ...{ age: null, start: null, rows: null, idle: null, others: [], syncsAfter: 1_234 },
    ...found,
  };
}

function cellsOf(
  rates: [contestant: string, measure: Measure, connections: number, state: State, number[]][],
) {
  const cells: Cell[] = [];
  for (const [contestant, measure, connections, state, perSecond] of rates) {
    for (const rate of perSecond) {
      const sample: CellSample = {
        ...{ answers: 1, perSecond: rate, p50: 1, p99: 2, refused: 0, firstRefusal: null },
        quiet: { busy: 0.4, waited: 6_000, reached: contestant !== 'floor' },
      };
      addSample(cells, { contestant, measure, connections, state }, sample);
    }
  }
  return cells;
}

function aim(results: Results, words: string) {
  const found = aimsOf(results).find(({ what }) => what.startsWith(words));
  assert.ok(found, words);
  return found;
}

test('what a run left out has its aims all the same, as not measured', () => {
  const aims = aimsOf(resultsOf({}));
  assert.ok(aims.length >= 25);
  for (const one of aims) assert.equal(isMet(one), null, one.what);
});

test('a report after creations is compared with the floor after its own, a fresh one with a fresh one', () => {
  const results = resultsOf({
    cells: cellsOf([
      ['Headway', 'report-200', 16, 'fresh', [90, 80]],
      ['floor', 'report-200', 16, 'fresh', [100, 100]],
      ['Headway', 'report-200', 16, 'after creations', [30, 50]],
      ['floor', 'report-200', 16, 'after creations', [100, 50]],
      ['Headway', 'batch', 16, 'fresh', [20, 60]],
    ]),
  });
  const after = aim(results, 'plain report ÷ floor, 200 jobs, 16 connections, after');
  assert.deepEqual(after.measured, { median: 0.65, min: 0.3, max: 1 });
  assert.equal(isMet(after), false);
  assert.match(after.beside, /^fresh 0\.85/);
  assert.equal(aim(results, 'plain report ÷ floor, 200 jobs, 16 connections, fresh').measured?.max, 0.9);
  assert.deepEqual(aim(results, 'batches of 100').measured, { median: 40, min: 20, max: 60 });
});

test('a batch worker is compared with the peer’s client that has 100 in flight, and with the best that waits', () => {
  const run = (contestant: string, manner: WorkerRun['manner'], perSecond: number[]) => {
    return { contestant, manner, way: `${contestant} ${manner}`, perSecond };
  };
  const results = resultsOf({
    workers: [
      run('Headway', 'one', [300, 300]),
      run('Headway', 'many', [60, 30]),
      run('Headway', 'end', [600, 300]),
      run('Fastify + BullMQ', 'one', [10, 10]),
      run('Fastify + PostgreSQL', 'one', [30, 30]),
      run('Fastify + BullMQ', 'many', [200, 100]),
    ],
  });
  assert.equal(aim(results, 'one worker by batches').measured?.median, 2.25);
  assert.equal(aim(results, 'one worker, batches of 100').measured?.median, 10);
  assert.equal(aim(results, 'report() of one worker’s client').measured?.median, 3);
});

test('reports over 10,000 jobs are compared with the floor’s over as many', () => {
  const point = (jobs: number, reports: number[], residentMiB: number): JobsPoint => {
    return { jobs, reports, residentMiB, creates: 1, lists: null };
  };
  const results = resultsOf({
    growth: {
      jobs: [point(1_000, [90, 90], 100), point(10_000, [75, 25], 800)],
      floor: [point(1_000, [100, 100], 90), point(10_000, [100, 100], 300)],
      errors: [],
    },
  });
  const grown = aim(results, 'report over 10,000 jobs');
  assert.equal(grown.measured?.median, 0.5);
  assert.equal(grown.beside, 'memory 800 MiB, the floor’s 300; over 1,000 jobs 0.90');
});

test('the page says who was not quiet, what else the machine did, and its syncs before and after', () => {
  const page = reportOf(
    resultsOf({
      cells: cellsOf([
        ['Headway', 'poll', 16, 'fresh', [90]],
        ['floor', 'poll', 16, 'fresh', [100]],
      ]),
      others: [{ part: 'rounds', seconds: 12, cores: 1.25, stolen: 0.5, load: 3 }],
    }),
  );
  assert.match(page, /- floor, poll, 200 jobs at 16 connections: 0\.40/);
  assert.doesNotMatch(page, /- Headway, poll, 200 jobs at 16 connections: 0\.40/);
  assert.match(page, /rounds \| +12 \| +1\.25 \| +0\.50 \| +3\.00/);
  assert.match(page, /900 synced 4 KiB writes a second before, 1,234 after/);
});
