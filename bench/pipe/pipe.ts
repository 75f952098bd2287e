/**
 * `npm run pipe -- --lines 1000000 --rate 20000`: what it costs a program to write its lines into `curl -T -` in place of
 * `cat`, and the service's memory meanwhile. Fails where the program's time grows by 5 %, memory by 32 MiB, or a line is missing.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildBundle } from '../../dev/service.ts';
import { measurePipe } from './measure-pipe.ts';

const MOST_TIME = 1.05;
const MOST_MIB = 32;

const { values } = parseArgs({ options: { lines: { type: 'string' }, rate: { type: 'string' } } });
const [lines, rate] = [Number(values.lines ?? 1_000_000), Number(values.rate ?? 20_000)];
const folder = await mkdtemp(join(tmpdir(), 'headway-pipe-'));
try {
  const bundle = join(folder, 'bundle');
  await buildBundle(bundle);
  const cost = await measurePipe(folder, bundle, { lines, rate });
  const grown = cost.pipedMs / cost.aloneMs;
  const [seconds, cpu] = [
    [cost.aloneMs, cost.pipedMs],
    [cost.aloneCpuMs, cost.pipedCpuMs],
  ].map((pair) => pair.map((ms) => `${(ms / 1_000).toFixed(2)} s`).join(' and '));
  console.log(`${lines} lines at ${rate} a second, into cat and into curl: ${seconds}, ${percent(grown)}`);
  console.log(`processor time of the program: ${cpu}`);
  console.log(`answer: ${cost.answer}; ${cost.revisions} revisions of the job`);
  const { memory } = cost;
  if (memory !== null) {
    console.log(
      `memory of the service: ${memory.early.toFixed(0)} MiB early, ${memory.late.toFixed(0)} MiB late`,
    );
  }
  const whole = cost.answer === `completed 100% (${lines} of ${lines})`;
  const flat = memory === null || memory.late - memory.early < MOST_MIB;
  if (!whole || !flat || grown >= MOST_TIME) process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}

function percent(ratio: number): string {
  return `${ratio >= 1 ? '+' : ''}${((ratio - 1) * 100).toFixed(1)} %`;
}
