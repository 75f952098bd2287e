/**
 * Readers of streams, while workers report and the service is killed again and again: each reader's folded state ends
 * equal to GET, and it was told of each entry once, in order, by ids that rise from life to life.
 */
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Place } from '../../test/support/fold.ts';
import { Random } from '../../test/support/random.ts';
import { Client } from './client.ts';
import { StreamTally } from './stream-tally.ts';
import { StreamWatcher } from './stream-watcher.ts';
import { Tally } from './tally.ts';
import type { Victim } from './victim.ts';

export interface StreamsPlan {
  streams: number;
  /** Kills of a round; each round has jobs and streams of its own. */
  kills: number;
  rounds: number;
  seed: number;
}

const STREAMS_A_JOB = 5;
/** Reports that are answered in one life, at least and at most. */
const REPORTS_A_LIFE = [30, 250] as const;
/** A report of 200 KB. */
const LONG = { logs: Array.from({ length: 50 }, () => ({ level: 'info', message: 'x'.repeat(4_000) })) };
/** How long the reports of a life may take, and all readers to hear of the end (ms). */
const LIFE_PATIENCE = 20_000;
const PATIENCE = 60_000;

/** Runs the rounds against a service that is up, prints what was found, and says whether all of it is sound. */
export async function crashStreams(victim: Victim, plan: StreamsPlan): Promise<boolean> {
  const began = Date.now();
  const killsBefore = victim.kills;
  const logBefore = (await readFile(victim.logFile)).length;
  const tally = new StreamTally();
  const cutRequests = new Tally();
  const client = new Client(victim, cutRequests);
  await client.enroll('streams');
  const random = new Random(plan.seed);
  for (let round = 0; round < plan.rounds; round++) await playRound(victim, client, plan, tally, random);
  for (const line of (await readFile(victim.logFile)).toString('utf8', logBefore).split('\n')) {
    if (line.includes('"level":"error"')) tally.find('broken', 'the service', `logged: ${line}`);
  }
  const kills = victim.kills - killsBefore;
  const { gap, repeat, disorder, resync, unequal, broken } = tally.found;
  console.log(
    [
      `kills ${kills}`,
      `streams ${tally.streams}`,
      `reports ${tally.reports} (${cutRequests.cut} more cut off by a kill)`,
      `frames ${tally.frames}, entries ${tally.entries}`,
      `gaps ${gap}`,
      `repeats ${repeat}`,
      `disorder ${disorder}`,
      `unequal ends ${unequal}`,
      `resyncs ${resync}`,
      `otherwise broken ${broken + cutRequests.found.broken}`,
      `streams cut by a kill ${tally.cuts}, torn within a frame ${tally.torn}, resumed ${tally.resumes}, sent away ${tally.sentAway}`,
      `seed ${plan.seed}`,
      `${Math.round((Date.now() - began) / 1_000)} s`,
    ].join('\n'),
  );
  const enough = tally.reports >= kills * REPORTS_A_LIFE[0] && tally.entries > tally.reports;
  const injected = kills > 0 && tally.resumes >= tally.streams && enough;
  if (!injected) console.log('Too few reports, or streams cut off and taken up again: this shows nothing.');
  return injected && tally.faults === 0 && cutRequests.sound;
}

async function playRound(
  victim: Victim,
  client: Client,
  plan: StreamsPlan,
  tally: StreamTally,
  random: Random,
): Promise<void> {
  const jobs = await Promise.all(
    Array.from({ length: Math.ceil(plan.streams / STREAMS_A_JOB) }, async () => {
      const body = { job_type: 'import', total_items: 100_000, metadata: { source: 'feed.csv' } };
      return (await client.insist('POST', '/api/jobs/', body)).json.job_id as string;
    }),
  );
  const watchers = Array.from({ length: plan.streams }, (_, n) => {
    const jobId = jobs[n % jobs.length] ?? '';
    const seeded = new Random(random.between(0, 2 ** 31));
    return new StreamWatcher(jobId, `stream ${tally.streams + n}`, client, tally, seeded);
  });
  tally.streams += watchers.length;
  let over = false;
  const up = new AbortController();
  const watching = Promise.all(watchers.map((watcher) => watcher.run(up.signal)));
  const reporting = Promise.all(
    jobs.map(async (jobId, n) => {
      const seeded = new Random(random.between(0, 2 ** 31));
      for (let serial = 0; !over; serial++) {
        await sleep(seeded.between(5, 40));
        const answer = await client.ask('POST', `/api/jobs/${jobId}/progress`, reportOf(serial, seeded));
        if (answer?.status === 200) tally.reports += 1;
        else if (answer !== null) tally.find('broken', jobId, `a report answered ${answer.status}`);
      }
      await finish(client, jobId, n);
    }),
  );
  // The last life has something to tell too.
  for (let life = 0; life <= plan.kills; life++) {
    await lived(random.between(...REPORTS_A_LIFE), tally);
    if (life === plan.kills) break;
    // What tells of these is long, and likely to be under way when the kill comes.
    const last = Promise.all(jobs.map((jobId) => client.ask('POST', `/api/jobs/${jobId}/progress`, LONG)));
    await sleep(random.between(0, 200));
    await victim.kill();
    await last;
  }
  over = true;
  await reporting;
  const patience = setTimeout(() => up.abort(), PATIENCE);
  await watching;
  clearTimeout(patience);
  await judge(client, jobs, watchers, tally);
}

/** Resolves after so many more reports were answered: a slow machine is killed later, not earlier. */
async function lived(reports: number, tally: StreamTally): Promise<void> {
  const until = tally.reports + reports;
  const deadline = Date.now() + LIFE_PATIENCE;
  while (tally.reports < until && Date.now() < deadline) await sleep(10);
}

/** A report that changes something: a line of the log at least. */
function reportOf(serial: number, random: Random): object {
  const issue = {
    entity_key: `row-${serial}`,
    entity_type: 'row',
    error_type: 'invalid',
    message: 'é\r\nid: 9',
  };
  return {
    processed_delta: random.between(0, 3),
    message: `line ${serial}`,
    ...(serial === 0 ? { mark_started: true } : {}),
    ...(random.chance(0.1) ? { stage: `stage ${serial}` } : {}),
    ...(random.chance(0.1) ? { error: issue } : {}),
    ...(random.chance(0.1) ? { warnings: [issue, { ...issue, entity_key: `other-${serial}` }] } : {}),
    ...(random.chance(0.1) ? { metadata_patch: { [`k${random.between(0, 5)}`]: serial } } : {}),
    ...(random.chance(0.05) ? { result: { rows: serial } } : {}),
  };
}

/** Ends a job in one of three ways, each of which settles it. */
async function finish(client: Client, jobId: string, n: number): Promise<void> {
  const path = `/api/jobs/${jobId}`;
  if (n % 3 === 0) await client.insist('POST', `${path}/cancel`, { reason: 'enough' });
  const mark = n % 3 === 1 ? { mark_failed: 'it broke' } : { mark_completed: true };
  const { status } = await client.insist('POST', `${path}/progress`, mark);
  if (status !== 200) throw new Error(`the end of ${jobId} answered ${status}`);
}

async function judge(
  client: Client,
  jobs: readonly string[],
  watchers: readonly StreamWatcher[],
  tally: StreamTally,
): Promise<void> {
  for (const jobId of jobs) {
    const { json } = await client.insist('GET', `/api/jobs/${jobId}`);
    const log: Place[] = await client.all(`/api/jobs/${jobId}/logs`, 'logs');
    for (const { fold, name, sentAwayAt } of watchers.filter((watcher) => watcher.jobId === jobId)) {
      tally.entries += fold.entries;
      if (sentAwayAt !== null && sentAwayAt !== json.revision) {
        tally.find('gap', name, `sent away at ${sentAwayAt}, the job settled at ${json.revision}`);
      }
      fold.judge(json, log, isDeepStrictEqual);
    }
  }
}
