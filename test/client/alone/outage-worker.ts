/** A worker whose service goes away while it works: tells what of its time the client took. */
import { Headway } from '../../../src/client/index.ts';

const AWAY = Number(process.env.AWAY_MS);
const troubles: string[] = [];
const headway = Headway.fromEnv({ onTrouble: ({ kind }) => void troubles.push(kind) });

/** The middle of many times: a machine with other things to do makes some of them longer, not most. */
function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[times.length >> 1] ?? 0;
}

/** A row's work: about 1.5 ms. */
function work(): number {
  let sum = 0;
  for (let n = 0; n < 300_000; n++) sum = (sum + n * 7) % 1_000_003;
  return sum;
}

function* rowsUntil(end: number): Generator<number> {
  for (let row = 0; performance.now() < end; row++) yield row;
}

const told = await headway.run({ job_type: 'import', total_items: 0 }, async (job) => {
  // What a program does for the first time takes longer.
  for await (const _row of job.track(Array(20_000)));
  await job.flush();
  process.stdout.write(`away ${job.id}\n`);
  const [works, costs]: [number[], number[]] = [[], []];
  let lines = 0;
  let last = performance.now();
  for await (const row of job.track(rowsUntil(last + AWAY))) {
    const began = performance.now();
    work();
    const done = performance.now();
    works.push(done - began);
    costs.push(began - last);
    last = done;
    if (row % 100 !== 0) continue;
    job.log(`row ${row}`);
    lines += 1;
  }
  process.stdout.write('back\n');
  await job.flush();
  const share = median(costs) / median(works);
  return { rows: 20_000 + works.length, lines, share, longest: Math.max(...costs) };
});
process.stdout.write(`${JSON.stringify({ ...told, troubles })}\n`);
