import { StringDecoder } from 'node:string_decoder';
import { note } from '../note.ts';
import { ChildProgress, type Output, type Parsing } from '../said/child-progress.ts';
import { lastOf, Tail } from '../said/tail.ts';
import { Child, FORWARDED, type Forwarded } from './child.ts';
import { type JobOptions, RunJob } from './run-job.ts';

export interface RunOptions extends Parsing {
  command: readonly [string, ...string[]];
  job: JobOptions;
  /** How long what was asked to end may take to do so (ms). */
  graceMs: number;
}

/** How often what a command has said is looked at (ms). */
const LOOK = 1_000;
/** Characters of a failure that are its last lines: more than the service keeps are cut in their middle. */
const TAIL = 3_800;

/**
 * Runs a command as if we weren’t there, and reports on it beside: its exit code is ours, its output goes through byte for byte,
 * and no trouble of ours is its trouble.
 */
export async function run({ command, graceMs, job: options, ...reading }: RunOptions): Promise<number> {
  const signals = new Signals();
  const job = await RunJob.begin(options, command);
  if (signals.first !== null) return job.unstarted(signals.first);
  const [progress, tail] = [new ChildProgress(reading), new Tail()];
  const decoders = { stdout: new StringDecoder('utf8'), stderr: new StringDecoder('utf8') };
  const child = new Child({
    command,
    environment: job.environment(process.env),
    see: (output, bytes) => tail.take(output, progress.take(output, decoders[output].write(bytes))),
  });
  signals.on = (signal) => child.forward(signal);
  job.onCancel(() => child.stop(graceMs));
  const look = setInterval(() => job.say(progress.news()), LOOK);
  const ended = await child.ended;
  clearInterval(look);
  for (const output of ['stdout', 'stderr'] satisfies Output[]) tail.take(output, progress.end(output));
  // Whoever is impatient with our last report may go.
  signals.on = () => process.exit(ended.code);
  job.say(progress.news());
  await job.end(ended, signals.first, () =>
    reasonOf(job.mask(`${ended.of}`), job.mask(tail.lines.join('\n'))),
  );
  if (!ended.started) note(`${ended.of}`);
  return ended.code;
}

/** Why it failed: how it ended, and what it said last, cut once no secret can be cut. */
function reasonOf(end: string, said: string): string {
  const last = lastOf(said.split('\n'), TAIL);
  return last === '' ? end : `${end}\n${last}`;
}

/** The signals that end us, from the first moment on. */
class Signals {
  first: Forwarded | null = null;
  on: (signal: Forwarded) => void = () => {};

  constructor() {
    for (const signal of FORWARDED) {
      process.on(signal, () => {
        this.first ??= signal;
        this.on(signal);
      });
    }
  }
}
