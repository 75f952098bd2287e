/** A worker whose service goes away while it works: tells what the client took of its time before and meanwhile. */
import { Headway } from '../../../src/client/index.ts';

const AWAY = Number(process.env.AWAY_MS);
/** How long it works with the service there, to compare (ms). */
const THERE = 3_000;
const troubles: string[] = [];
const headway = Headway.fromEnv({ onTrouble: ({ kind }) => void troubles.push(kind) });

/** The middle of many times: a machine with other things to do makes some of them longer, not most. */
function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[times.length >> 1] ?? 0;
}

/** A row's work: about 5 ms, what a row takes that is written to a database. */
function work(): number {
  let sum = 0;
  for (let n = 0; n < 1_000_000; n++) sum = (sum + n * 7) % 1_000_003;
  return sum;
}

function* rowsUntil(end: number): Generator<number> {
  for (let row = 0; performance.now() < end; row++) yield row;
}

/** What the rows of a time took of it, and the client beside them (ms): the middle of each, and its longest. */
interface Took {
  rows: number;
  work: number;
  client: number;
  longest: number;
}

const told = await headway.run({ job_type: 'import', total_items: 0 }, async (job) => {
  let lines = 0;
  async function during(ms: number): Promise<Took> {
    const [works, costs]: [number[], number[]] = [[], []];
    let last = performance.now();
    for await (const row of job.track(rowsUntil(last + ms))) {
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
    return { rows: works.length, work: median(works), client: median(costs), longest: Math.max(...costs) };
  }

  // What a program does for the first time takes longer.
  const first = await during(THERE);
  const there = await during(THERE);
  await job.flush();
  process.stdout.write(`away ${job.id}\n`);
  const meanwhile = await during(AWAY);
  process.stdout.write('back\n');
  await job.flush();
  return { rows: first.rows + there.rows + meanwhile.rows, lines, there, meanwhile };
});
process.stdout.write(`${JSON.stringify({ ...told, troubles })}\n`);
