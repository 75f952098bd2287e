import { isTerminal } from '../../src/domain/job/job';
import { enter } from './clock';
import { Fleet } from './fleet';
import type { JobTruth } from './job-truth';
import type { Machine, Outcome } from './machine';
import { Workload } from './workload';
import { World } from './world';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const DAY = 1_440 * MINUTE;

/** Runs one world: a storm, the calm after it, and at times the months until nothing is left. */
export async function simulate(seed: number, machine: Machine): Promise<Outcome> {
  const world = new World(machine, seed);
  enter(world);
  const fleet = new Fleet(world, machine);
  const workload = new Workload(world, fleet);
  workload.start();
  crashes(world, fleet);
  await storm(world, workload);
  // Long enough for a late alarm, its publication, and the longest pause between two tries.
  await world.run(world.now + 3 * MINUTE);
  if (world.violations.length === 0) {
    judgeFed(world, fleet);
    judgeActs(world, fleet, workload);
    for (const client of workload.clients) client.judge();
  }
  if (world.violations.length === 0) {
    if (world.random.chance(0.5)) await judgeLook(world, fleet);
    else await world.run(world.now + 10 * MINUTE);
    judgeQuiet(world, fleet);
  }
  if (world.violations.length === 0 && world.random.chance(0.1)) {
    workload.reuseKeys();
    await world.run(world.now + 200 * DAY);
    judgeEmpty(world, fleet);
  }
  fleet.close();
  return { seed, violations: world.violations, counts: world.counts };
}

/** Faults for a while, then none, until the clients have all their answers. */
async function storm(world: World, workload: Workload): Promise<void> {
  await world.run(world.now + world.random.between(5, 40) * SECOND);
  world.calm = true;
  for (let minutes = 0; workload.under > 0 && world.violations.length === 0; minutes++) {
    if (minutes === 30) world.violated('the clients are never done');
    await world.run(world.now + MINUTE);
  }
}

/** Now and then an object crashes, and now and then all of them do and the service is away for a while. */
function crashes(world: World, fleet: Fleet): void {
  const next = () => {
    if (world.calm) return;
    const hosts = [fleet.index, ...fleet.jobs.map(({ host }) => host)];
    if (world.fault(0.05)) {
      for (const host of hosts) host.crash();
      world.now += world.random.between(1, 300) * SECOND;
    } else if (world.fault(0.5)) {
      hosts[world.random.between(0, hosts.length - 1)]?.crash();
    }
    world.at(world.now + world.random.between(200, 6_000), next);
  };
  world.at(world.now, next);
}

/** Once it is quiet, the feed has all events of every job. */
function judgeFed(world: World, fleet: Fleet): void {
  for (const { jobId, events } of fleet.jobs) {
    if (fleet.truth.fed(jobId) !== events.length) {
      world.violated(`${nameOf(jobId)} has ${events.length} events, the feed ${fleet.truth.fed(jobId)}`);
    }
  }
}

/** Once it is quiet, the index has one audit record of every act that was done, and none of any other. */
function judgeActs(world: World, fleet: Fleet, { clients }: Workload): void {
  const found = fleet.truth.acts().map(({ action, target, changes }) => {
    return action === 'job.rerun' ? `${action} ${changes?.[0]?.to}` : `${action} ${target.id}`;
  });
  const done = clients.flatMap(({ job, cancelled, removed, refused }) => {
    const deletion = `job.delete ${job.jobId}`;
    // Whether the copy of a refused deletion has come after the job's end, the audit alone knows.
    const deleted = removed || (refused && found.includes(deletion));
    return [...(cancelled ? [`job.cancel ${job.jobId}`] : []), ...(deleted ? [deletion] : [])];
  });
  const reruns = fleet.jobs.filter(({ rerun }) => rerun).map(({ jobId }) => `job.rerun ${jobId}`);
  const [is, due] = [found, [...done, ...reruns]].map((acts) => acts.sort().join(', '));
  if (is !== due) world.violated(`the audit has ${is}, and there were ${due}`);
}

/** Three seconds after a look what has not ended is shown as it is. The rest follows by its alarm. */
async function judgeLook(world: World, fleet: Fleet): Promise<void> {
  const shown = fleet.index.call((index) => index.list({}, null, 100, 1_000_000));
  await world.run(world.now + 3 * SECOND);
  await shown;
  const open = fleet.jobs.filter(
    ({ stored, gone }) => !gone && stored !== null && !isTerminal(stored.job.status),
  );
  judgeListed(world, fleet, open);
  await world.run(world.now + 10 * MINUTE);
}

/** Ten minutes later the index says of every job what the job says of itself. */
function judgeQuiet(world: World, fleet: Fleet): void {
  judgeListed(world, fleet, fleet.jobs);
}

function judgeListed(world: World, fleet: Fleet, jobs: readonly JobTruth[]): void {
  const listed = new Map(fleet.truth.listed().map((row) => [row.job_id, row]));
  for (const { jobId, stored, gone } of jobs) {
    const name = nameOf(jobId);
    const row = listed.get(jobId);
    if (gone || stored === null) {
      if (row !== undefined) world.violated(`${name} is deleted and listed`);
    } else if (row?.revision !== stored.job.revision) {
      world.violated(`${name} is at revision ${stored.job.revision}, the index at ${row?.revision}`);
    }
  }
}

function nameOf(jobId: string): string {
  return `job ${jobId.slice(0, 8)}`;
}

/** Months later every job was given up, removed and forgotten. */
function judgeEmpty(world: World, fleet: Fleet): void {
  for (const { jobId, host } of fleet.jobs) {
    const [table] = host.disk.rows<{ name: string }>('SELECT name FROM sqlite_master');
    if (table !== undefined) world.violated(`job ${jobId.slice(0, 8)} still has the table ${table.name}`);
    if (host.disk.alarm !== null) world.violated(`job ${jobId.slice(0, 8)} still has an alarm`);
  }
  if (fleet.truth.listed().length > 0) world.violated('the index still lists jobs');
}
