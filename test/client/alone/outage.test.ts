/** The service goes away in mid-run: HEADWAY_AWAY_MS says for how long, 60,000 is the whole. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Workplace } from '../../dev/commands.ts';
import { ChaosProxy } from '../chaos-proxy.ts';
import { live } from '../service.ts';

const AWAY = Number(process.env.HEADWAY_AWAY_MS ?? 5_000);
const WORKER = fileURLToPath(new URL('outage-worker.ts', import.meta.url));

let place: Workplace;
let proxy: ChaosProxy;
before(async () => {
  place = await Workplace.make();
  proxy = await ChaosProxy.before(live.client.url, 0);
});
after(async () => {
  await place?.leave();
  await proxy?.stop();
});

test(`the service is away for ${AWAY / 1_000} s: the loop grows by less than 1 %, and all is there afterwards`, async () => {
  const running = place.run(process.execPath, [WORKER], {
    ...{ HEADWAY_URL: proxy.url, HEADWAY_API_KEY: live.client.apiKey, AWAY_MS: String(AWAY) },
    ...{ NO_PROXY: '*', no_proxy: '*' },
  });
  await running.says(/^away \S+$/m);
  proxy.line = 'away';
  await sleep(AWAY / 2);
  proxy.line = 'silent';
  await running.says(/^back$/m);
  proxy.line = 'through';
  assert.equal(await running.ended, 0, running.stderr());
  const [away = '', , result = ''] = running.stdout().split('\n');
  const { rows, lines, there, meanwhile, troubles } = JSON.parse(result);
  const grew = (meanwhile.client - there.client) / there.work;
  const [before, beside] = [there.client, meanwhile.client].map((ms) => (1_000 * ms).toFixed(1));
  const part = `${before} µs a row before and ${beside} meanwhile, ${meanwhile.longest.toFixed(0)} ms at most`;
  console.log(
    `${rows} rows: the client took ${part}, ${(100 * grew).toFixed(3)} % more of its time; told: ${troubles}`,
  );
  assert.ok(grew < 0.01 && meanwhile.longest < 1_000, part);
  // It is told once, where it lasts.
  assert.ok(troubles.length === 1 || (troubles.length === 0 && AWAY < 30_000), `${troubles}`);
  for (const kind of troubles) assert.equal(kind, 'unreachable');
  const { status, processed_items, logs_total } = await live.client.job(away.split(' ')[1] ?? '');
  assert.equal(status, 'completed');
  assert.equal(processed_items, rows);
  // Beside the lines of the log: that it was created, started and completed.
  assert.equal(logs_total, lines + 3);
});
