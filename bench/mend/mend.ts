/**
 * `npm run mend -- --jobs 20000`: 32 clients make so many jobs, and counts, lists and jobs agree. Then of the entries of
 * the index one in twenty is deleted, one made wrong and a ghost made of one, on disk: one verification finds each of them
 * and no other, and all agree again.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Client } from '../crash/client.ts';
import { judgeCounts } from '../crash/count-check.ts';
import { judgeDrift, verifyIndex } from '../crash/drift-check.ts';
import { judgeList } from '../crash/index-check.ts';
import { Records } from '../crash/job-record.ts';
import { Tally } from '../crash/tally.ts';
import { Victim } from '../crash/victim.ts';
import { countLeft, damageIndex, untoldOf } from './damage.ts';

const CLIENTS = 32;
/** What becomes of the jobs in turn. */
const ENDS: { status: string; path?: string; body?: object }[] = [
  { status: 'completed', path: 'progress', body: { mark_completed: true } },
  { status: 'failed', path: 'progress', body: { mark_failed: 'it broke' } },
  { status: 'in_progress', path: 'progress', body: { stage: 'writing', processed_items: 3 } },
  { status: 'cancelled', path: 'cancel', body: { reason: 'enough' } },
  { status: 'pending' },
];

const { values } = parseArgs({ options: { jobs: { type: 'string', default: '20000' } } });
const jobs = Number(values.jobs);
const folder = await mkdtemp(join(tmpdir(), 'headway-mend-'));
const tally = new Tally();
const victim = await Victim.make(folder);
try {
  await mend();
  process.exitCode = tally.sound ? 0 : 1;
} finally {
  await victim.close();
  await rm(folder, { recursive: true, force: true });
}

async function mend(): Promise<void> {
  const client = new Client(victim, tally);
  await client.enroll('mend');
  const records = new Records();
  await timed(`${jobs} jobs made by ${CLIENTS} clients`, () => makeJobs(client, records));
  await timed('verified, nothing was wrong', () => judgeDrift(client, jobs, tally));
  const before = await client.all('/api/jobs', 'jobs');
  await judge(client, before, records);
  await victim.stop();
  const { events } = await countLeft(victim.objects);
  const { damage, setBack } = await damageIndex(victim.objects);
  const untold = await untoldOf(victim.objects, setBack);
  console.log(
    `damaged: ${JSON.stringify(damage)}, ${setBack.length} set back, ${untold.length} of those untold`,
  );
  await victim.start();
  const {
    checked: _checked,
    late,
    ...mended
  } = await timed('verified and mended', () => verifyIndex(client));
  console.log(`mended:  ${JSON.stringify(mended)}, ${late} late`);
  // An untold one that was set back is late, or has told what it was by itself, with a word of its progress.
  const own = damage.stale - mended.stale;
  const asMuch = own >= late && own <= untold.length;
  if (!asMuch || damage.missing !== mended.missing || damage.ghost !== mended.ghost) {
    tally.drifted(`of ${JSON.stringify(damage)} ${JSON.stringify(mended)} was found, and ${late} late`);
  }
  await timed('verified again', () => judgeDrift(client, jobs, tally));
  const after = await client.all('/api/jobs', 'jobs');
  await judge(client, after, records);
  await victim.stop();
  const left = await countLeft(victim.objects);
  if (left.events < events || left.events > events + own) {
    tally.doubled(`the feed had ${events} events, it has ${left.events}`);
  }
  if (left.dangling > 0) tally.drifted(`${left.dangling} terms are of no entry`);
  console.log(JSON.stringify(tally.found));
}

/** Lists, counts and jobs are the same, and as many as were made. */
async function judge(client: Client, listed: Listed[], records: Records): Promise<void> {
  if (listed.length !== jobs) tally.behind(`${jobs} jobs were made, ${listed.length} are listed`);
  const statuses = Map.groupBy(listed, ({ status }) => status);
  for (const [at, status] of ENDS.map(({ status }, index) => [index, status] as const)) {
    const right = Math.ceil((jobs - at) / ENDS.length);
    const shown = statuses.get(status)?.length ?? 0;
    if (shown !== right) tally.behind(`${right} jobs are ${status}, ${shown} are listed so`);
  }
  await judgeList(client, listed, records, tally);
  await judgeCounts(client, listed, tally);
}

// biome-ignore lint/suspicious/noExplicitAny: a job as it came
type Listed = any;

async function makeJobs(client: Client, records: Records): Promise<void> {
  const numbers = Array.from({ length: jobs }, (_, n) => n).values();
  const work = async () => {
    for (const n of numbers) {
      const fields = {
        job_type: n % 3 ? 'import' : 'export',
        tags: [`t${n % 7}`],
        triggered_by: `u${n % 11}`,
      };
      const made = await client.insist('POST', '/api/jobs/', {
        name: `Job ${n}`,
        total_items: 10,
        ...fields,
      });
      if (made.status !== 201) throw new Error(`a creation answered ${made.status}`);
      records.add(made.json.job_id);
      const { path, body } = ENDS[n % ENDS.length] ?? {};
      if (path === undefined) continue;
      const { status } = await client.insist('POST', `/api/jobs/${made.json.job_id}/${path}`, body);
      if (status !== 200) tally.broken(`${path} answered ${status}`);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, work));
}

async function timed<Answer>(what: string, work: () => Promise<Answer>): Promise<Answer> {
  const began = performance.now();
  const answer = await work();
  console.log(`${what}: ${((performance.now() - began) / 1_000).toFixed(1)} s`);
  return answer;
}
