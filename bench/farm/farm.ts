/**
 * `npm run farm -- --events 1000`: webhooks to receivers of every bad habit on this machine, on `workerd serve`. Says what
 * became of each event, and what a delivery costs beyond itself. Fails where a promise was broken.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildBundle } from '../../dev/service.ts';
import { measureCost } from './cost.ts';
import { runFarm } from './run.ts';

const { values } = parseArgs({ options: { events: { type: 'string' } } });
const events = Math.ceil(Number(values.events ?? 1_000) / 3) * 3;
const folder = await mkdtemp(join(tmpdir(), 'headway-farm-'));
try {
  const bundle = join(folder, 'bundle');
  await buildBundle(bundle);
  const report = await runFarm(join(folder, 'data'), bundle, {
    ...{ events, timeout: 300, patience: 60_000 + events * 1_000 },
  });
  console.table(report.rows.map(({ seconds, ...row }) => ({ ...row, seconds: seconds.toFixed(1) })));
  for (const fault of report.faults.slice(0, 20)) console.log(fault);
  console.log(`farm: ${report.events} events, ${report.faults.length} faults`);
  const cost = await measureCost(folder, bundle, 100, 10);
  console.log(
    `cost at ${cost.perSecond.toFixed(0)} events/s, ${cost.deliveries} deliveries: beyond each ` +
      `${cost.rowsBeyond.toFixed(3)} rows and ${cost.requestsBeyond.toFixed(3)} requests`,
  );
  if (report.faults.length > 0) process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
