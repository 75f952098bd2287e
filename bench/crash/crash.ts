/**
 * `npm run crash -- --kills 1000 --answers 3000 --seed 7`: sixteen workers use the service while its process is killed
 * again and again, and endpoints take what is delivered. Nothing that was answered may be lost, nothing applied twice; once
 * it is quiet the index says what the jobs say and what the children of each come to, finds nothing to mend where it is told
 * to ask them, and every endpoint was told what it asked for. Then fifty streams are read over five kills, `--rounds` times; with `--streams` they alone.
 * `--workers 32 --jobs 10000` goes on after the last kill until there are so many jobs.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Random } from '../../test/support/random.ts';
import { Client } from './client.ts';
import { judgeCounts } from './count-check.ts';
import { judgeDeliveries } from './delivery-check.ts';
import { judgeDrift } from './drift-check.ts';
import { judgeFamilies } from './family-check.ts';
import { judgeFeed, judgeList } from './index-check.ts';
import { type JobRecord, Records } from './job-record.ts';
import { openReceivers, type Receiver } from './receivers.ts';
import { reconcile } from './reconcile.ts';
import { crashStreams } from './streams.ts';
import { Tally } from './tally.ts';
import { Victim } from './victim.ts';
import { CrashWorker } from './worker.ts';

/** Jobs that outlive the run: by its end their alarms are those that reports have set. */
const SHARED_JOBS = 12;
/** A job with an unpublished event has its alarm within 60 s; then it publishes. */
const QUIET_MS = 66_000;
/** A look asks the jobs that it shows for what they have not published: the next one shows that. */
const LOOK_MS = 5_000;

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '100' },
    answers: { type: 'string', default: '3000' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    rounds: { type: 'string', default: '1' },
    workers: { type: 'string', default: '16' },
    jobs: { type: 'string', default: '1' },
    streams: { type: 'boolean', default: false },
  },
});
const [kills, answers, seed, rounds] = [whole('kills'), whole('answers'), whole('seed'), whole('rounds')];
const [workerCount, jobCount] = [whole('workers'), whole('jobs')];
/** Every other seed nobody is told of progress. */
const followed = seed % 2 === 1;
/** Source: issue 6, "It is done when". */
const STREAMS = { streams: 50, kills: 5 };
const folder = await mkdtemp(join(tmpdir(), 'headway-crash-'));
const tally = new Tally();
const victim = await Victim.make(folder);
try {
  const sound = values.streams || (await crash());
  process.exitCode = (await streams()) && sound ? 0 : 1;
} finally {
  await victim.close();
  await rm(folder, { recursive: true, force: true });
}

async function crash(): Promise<boolean> {
  const began = Date.now();
  const client = new Client(victim, tally);
  await client.enroll('crash');
  const receivers = await openReceivers(client, tally, followed);
  try {
    await judged(client, receivers);
  } finally {
    for (const receiver of receivers) receiver.close();
  }
  report(Date.now() - began);
  const delivered = tally.deliveries > tally.events;
  if (!delivered) console.log('Fewer deliveries than events: this run has shown nothing of them.');
  return tally.sound && delivered && tally.answers >= answers && tally.cut > 0 && victim.kills > 0;
}

async function judged(client: Client, receivers: Receiver[]): Promise<void> {
  const records = new Records();
  await storm(client, records);
  if (records.jobs.size < jobCount) tally.broken(`only ${records.jobs.size} jobs were made`);
  await victim.kill();
  // From here to the reading of the list no job is asked but by its index: what brings that up to date is the jobs' own
  // alarms, and where progress may be ten minutes late, a look.
  await sleep(QUIET_MS);
  await client.all('/api/jobs', 'jobs');
  await sleep(LOOK_MS);
  const listed = await client.all('/api/jobs', 'jobs');
  await judgeDrift(client, listed.length, tally);
  await judgeList(client, listed, records, tally);
  await judgeCounts(client, listed, tally);
  await judgeFamilies(client, listed, records, tally);
  const events = await reconcile(client, records, tally);
  await judgeDeliveries(client, receivers, tally);
  await victim.stop();
  await judgeFeed(victim.objects, events, tally);
  await judgeLog();
  tally.jobs = listed.length;
}

async function streams(): Promise<boolean> {
  if (!values.streams) await victim.start();
  console.log('streams:');
  return crashStreams(victim, { ...STREAMS, rounds, seed });
}

/** Workers at work and a process that is killed, until both were enough; then they settle what they don't know. */
async function storm(client: Client, records: Records): Promise<void> {
  const random = new Random(seed);
  const workers = Array.from(
    { length: workerCount },
    (_, number) => new CrashWorker(number, client, records, tally, new Random(seed + number + 1)),
  );
  const shared: JobRecord[] = [];
  for (let made = 0; made < SHARED_JOBS; made++) {
    const job = await workers[0]?.create();
    if (job) shared.push(job);
  }
  let over = false;
  const working = Promise.all(workers.map((worker) => worker.run(shared, () => over)));
  // However slow the machine, this ends: too few answers are a failure then.
  const deadline = Date.now() + 60_000 + kills * 20_000 + jobCount * 200;
  const enough = () => victim.kills >= kills - 1 && tally.answers >= answers && isFull();
  // What makes many jobs is left to work once it was killed often enough.
  const isFull = () => records.jobs.size >= jobCount;
  try {
    while (!enough() && Date.now() < deadline) {
      await Promise.race([sleep(random.between(20, 1_500)), working]);
      // A slow machine is killed later, not more often.
      const share = (answers * victim.kills) / kills;
      while (tally.answers < share && Date.now() < deadline) await Promise.race([sleep(10), working]);
      if (isFull() || victim.kills < kills - 1) await victim.kill();
    }
  } finally {
    over = true;
    await working;
  }
  // What they are told last is still unpublished when the last kill comes.
  await Promise.all(shared.map((job, at) => workers[at]?.report(job, false)));
}

/** The service itself found nothing that had to be caught. */
async function judgeLog(): Promise<void> {
  const lines = (await readFile(victim.logFile, 'utf8')).split('\n');
  for (const line of lines.filter((text) => text.includes('"level":"error"')))
    tally.broken(`logged: ${line}`);
}

function report(ms: number): void {
  const { lost, doubled, disordered, behind, drifted, broken } = tally.found;
  console.log(
    [
      `kills ${victim.kills}`,
      `answers ${tally.answers}`,
      `lost ${lost}`,
      `doubled ${doubled}`,
      `disordered ${disordered}`,
      `index behind ${behind}`,
      `index drift ${drifted} of ${tally.checked} jobs asked`,
      `otherwise broken ${broken}`,
      `faults injected ${tally.cut} (answers cut off by a kill, ${tally.replayed} of them found to be applied)`,
      `jobs ${tally.jobs}, ${tally.families} of them parents`,
      `events ${tally.events}`,
      `deliveries ${tally.deliveries}, ${tally.duplicates} of them again`,
      `seed ${seed}: progress ${followed ? 'is followed' : 'is nobody’s'}`,
      `${Math.round(ms / 1_000)} s`,
    ].join('\n'),
  );
  if (tally.answers < answers) console.log(`Fewer than ${answers} answers: too few to say anything.`);
  if (tally.cut === 0) console.log('No fault was injected: this run has shown nothing.');
}

function whole(name: Exclude<keyof typeof values, 'streams'>): number {
  const value = Number(values[name]);
  if (!Number.isSafeInteger(value) || value < 1) throw new Error(`--${name} is no number: ${values[name]}`);
  return value;
}
