import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Aim, atLeast, atMost, below, isMet, once } from '../../bench/aim.ts';
import { addSample, type Cell, type CellSample, samplesAt, throughputRatio } from '../../bench/cells.ts';
import { estimateMinutes } from '../../bench/estimate.ts';
import { PARTS, readPlan } from '../../bench/plan.ts';
import { aimsTable } from '../../bench/report.ts';
import { median, quantile, ratio, spreadOf } from '../../bench/stats.ts';
import { amount, spreadText, table } from '../../bench/table.ts';

/** What the bench makes of its samples: a wrong median would be believed. */

test('a median is the middle value, of an even count the mean of the middle two; of nothing there is none', () => {
  assert.equal(median([9, 1, 5]), 5);
  assert.equal(median([4, 1, 3, 2]), 2.5);
  assert.throws(() => median([]));
});

test('a quantile is the least value that so large a share is at or below', () => {
  const hundred = Array.from({ length: 100 }, (_, n) => n + 1);
  assert.equal(quantile(hundred, 0.5), 50);
  assert.equal(quantile(hundred, 0.99), 99);
  assert.equal(quantile([7], 0.5), 7);
});

test('a ratio compares each round with itself, so that a slow round of the machine cancels out', () => {
  assert.deepEqual(ratio([100, 10, 90], [200, 20, 100]), { median: 0.5, min: 0.5, max: 0.9 });
  assert.throws(() => ratio([1, 2], [1]));
});

test('a spread is told beside the median, and left away where there was one round', () => {
  assert.equal(spreadText(spreadOf([0.5, 0.25, 0.75])), '0.50 (0.25–0.75)');
  assert.equal(spreadText(spreadOf([0.5])), '0.50');
  assert.equal(spreadText(spreadOf([1_000, 3_000, 2_000]), amount), '2,000 (1,000–3,000)');
});

test('figures stand to the right in a table, words to the left', () => {
  const lines = table(
    ['what', 'rate'],
    [
      ['poll', '7'],
      ['report', '1,234'],
    ],
  ).split('\n');
  assert.deepEqual(lines, [
    '| what   |  rate |',
    '| ------ | ----: |',
    '| poll   |     7 |',
    '| report | 1,234 |',
  ]);
});

test('samples of a contestant that is fresh and of one after creations are two cells', () => {
  const cells: Cell[] = [];
  const place = { contestant: 'Headway', measure: 'poll', connections: 16, state: 'fresh' } as const;
  const sample = (perSecond: number): CellSample => ({
    ...{ answers: 1, perSecond, p50: 1, p99: 2, refused: 0, firstRefusal: null, quiet: null },
  });
  addSample(cells, place, sample(100));
  addSample(cells, place, sample(200));
  addSample(cells, { ...place, state: 'after creations' }, sample(50));
  const rates = (state: Cell['state']) =>
    samplesAt(cells, { ...place, state })?.map(({ perSecond }) => perSecond);
  assert.deepEqual(rates('fresh'), [100, 200]);
  assert.deepEqual(rates('after creations'), [50]);
  assert.equal(samplesAt(cells, { ...place, connections: 64 }), null);
  assert.equal(throughputRatio(samplesAt(cells, place), null), null);
});

test('an aim is met by its median, at its very bound too where that belongs to it', () => {
  const met: [Aim, boolean | null][] = [
    [atLeast(0.75, '', spreadOf([0.1, 0.75, 0.9])), true],
    [atLeast(0.75, '', once(0.74)), false],
    [atMost(1.1, '', once(1.1)), true],
    [atMost(1.1, '', once(1.11)), false],
    [below(0.1, '', once(0.1)), false],
    [below(0.1, '', once(0.09)), true],
    [below(0.1, '', once(null)), null],
  ];
  for (const [aim, expected] of met) assert.equal(isMet(aim), expected, JSON.stringify(aim));
});

test('a missed aim has what the run found beside it; a met one and one that was not measured have not', () => {
  const rows = aimsTable([
    atLeast(0.85, 'poll', once(0.5), 'processor 2 ms to 1 ms'),
    atLeast(0.85, 'list', once(0.9), 'processor 3 ms to 1 ms'),
    atLeast(0.85, 'create', null, 'processor 4 ms to 1 ms'),
  ])
    .split('\n')
    .slice(2)
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  assert.deepEqual(rows, [
    ['poll', '≥ 0.85', '0.50', '**no**: processor 2 ms to 1 ms'],
    ['list', '≥ 0.85', '0.90', 'yes'],
    ['create', '≥ 0.85', 'not measured', '–'],
  ]);
});

test('a whole run is said to take less than 45 minutes, each of its parts some of them', () => {
  const plan = readPlan();
  assert.equal(plan.quick, false);
  assert.ok(estimateMinutes(plan, 3) < 45);
  for (const part of PARTS) assert.ok(estimateMinutes({ ...plan, parts: new Set([part]) }, 3) > 0, part);
});
