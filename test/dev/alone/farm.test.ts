import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { measureCost } from '../../../bench/farm/cost.ts';
import { runFarm } from '../../../bench/farm/run.ts';
import { bundleFor } from '../../../dev/service.ts';
import { Workplace } from '../commands.ts';

let place: Workplace;
let bundle: string;

before(async () => {
  place = await Workplace.make();
  bundle = await bundleFor(place.path('bundle'));
});

after(() => place.leave());

test('receivers of every bad habit: each event is delivered or visibly given up, none lost', async (t) => {
  const report = await runFarm(place.path('farm'), bundle, {
    ...{ events: 12, timeout: 2_000, patience: 150_000 },
  });
  for (const { name, requests, delivered, exhausted, seconds } of report.rows) {
    t.diagnostic(
      `${name}: ${requests} requests, ${delivered} delivered, ${exhausted} exhausted, ${seconds.toFixed(1)} s`,
    );
  }
  assert.deepEqual(report.faults, []);
  assert.equal(report.events, 12);
  const seconds = new Map(report.rows.map((row) => [row.name, row.seconds]));
  assert.ok((seconds.get('healthy') ?? 0) < (seconds.get('hang') ?? 0), 'the slow delay the healthy');
});

test('a delivery costs little beyond itself', async (t) => {
  const cost = await measureCost(place.folder, bundle, 100, 4);
  t.diagnostic(`beyond each of ${cost.deliveries} deliveries at ${cost.perSecond.toFixed(0)} events/s:`);
  t.diagnostic(`${cost.rowsBeyond.toFixed(3)} rows, ${cost.requestsBeyond.toFixed(3)} requests`);
  assert.ok(cost.rowsBeyond >= 0 && cost.rowsBeyond < 0.1);
  assert.ok(cost.requestsBeyond > 0 && cost.requestsBeyond < 0.12);
});
