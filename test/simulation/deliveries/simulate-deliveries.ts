import { organizationEvent } from '../../../src/domain/feed/feed';
import { FEED_TABLES } from '../../../src/domain/feed/retention';
import { enter, pendingTimers } from '../clock';
import type { Machine, Outcome } from '../machine';
import { World } from '../world';
import { EndpointFleet, type SimulatedEndpoint } from './endpoint-fleet';
import { Owner } from './owner';
import { logOf } from './receiver';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

type FeedRow = Parameters<typeof organizationEvent>[0];

const FEED = Array.from(
  { length: FEED_TABLES },
  (_, table) => `SELECT * FROM feed_${table} WHERE seq > ?1`,
).join(' UNION ALL ');

/** Runs one world of deliveries: a storm, then a calm in which each event has to come to its end. */
export async function simulateDeliveries(seed: number, machine: Machine): Promise<Outcome> {
  const world = new World(machine, seed);
  const fleet = new EndpointFleet(world, machine);
  enter(world, (url, init) => {
    const receiver = fleet.receiverOf(url);
    return receiver === null ? Promise.reject(new TypeError('nobody is there')) : receiver.receive(init);
  });
  const owner = new Owner(world, fleet);
  owner.start();
  crashes(world, fleet);
  await world.run(world.now + world.random.between(5, 40) * SECOND);
  world.calm = true;
  for (let minutes = 0; owner.under > 0 && world.violations.length === 0; minutes++) {
    if (minutes === 30) world.violated('the owner is never done');
    await world.run(world.now + MINUTE);
  }
  // Twice: a decision to disable it may still be on its way to the organization.
  for (let times = 0; times < 2; times++) {
    owner.enable();
    await world.run(world.now + MINUTE);
  }
  // Long enough for the schedule, a shard's guarantee, a poke after a silence, an object that gives itself up.
  await world.run(world.now + 8 * MINUTE);
  // Whoever sleeps by now is woken by what comes next.
  owner.oneMoreEach();
  await world.run(world.now + 3 * MINUTE);
  for (const endpoint of fleet.endpoints.values()) {
    if (world.violations.length > 0) break;
    if (endpoint === owner.endpoint) judge(world, fleet, endpoint);
    else judgeErased(world, fleet, endpoint);
  }
  if (world.violations.length === 0) {
    if (owner.under > 0) world.violated('the owner waits for an answer');
    if (pendingTimers() > 0) world.violated(`${pendingTimers()} timers keep the objects awake`);
  }
  world.counts.answers = [...fleet.endpoints.values()].reduce(
    (sum, { receiver }) => sum + receiver.requests,
    0,
  );
  fleet.close();
  return { seed, violations: world.violations, counts: world.counts };
}

/** Now and then an object crashes, and now and then all of them. */
function crashes(world: World, fleet: EndpointFleet): void {
  const next = () => {
    if (world.calm) return;
    if (world.fault(0.05)) for (const host of fleet.hosts) host.crash();
    else if (world.fault(0.4)) fleet.hosts[world.random.between(0, fleet.hosts.length - 1)]?.crash();
    world.at(world.now + world.random.between(200, 6_000), next);
  };
  world.at(world.now, next);
}

/** Every event from the endpoint's beginning on is in its log once, and delivered or visibly given up. */
function judge(world: World, fleet: EndpointFleet, { host, receiver }: SimulatedEndpoint): void {
  const log = logOf(host.disk);
  for (const id of eventsSince(fleet, host.disk)) {
    world.counts.events += 1;
    const [row, ...more] = log.filter(({ event_id }) => event_id === id);
    if (row === undefined) world.violated(`${id} was never queued`);
    else if (more.length > 0) world.violated(`${id} is queued ${more.length + 1} times`);
  }
  for (const { event_id, status } of log) {
    if (status !== 'delivered' && status !== 'exhausted') world.violated(`${event_id} stays ${status}`);
    if (status === 'delivered' && !receiver.accepted.has(event_id))
      world.violated(`${event_id} is delivered and was never accepted`);
  }
  if (host.disk.rows('SELECT 1 FROM retry').length > 0)
    world.violated('a settled delivery waits for a retry');
  if (host.disk.alarm !== null) world.violated('an endpoint with nothing to do has an alarm');
}

/** The ids of the events that the feed has had since the endpoint took its place. */
function eventsSince(fleet: EndpointFleet, disk: SimulatedEndpoint['host']['disk']): string[] {
  const [state] = disk.rows<{ positions: string }>('SELECT positions FROM state');
  const positions = JSON.parse(state?.positions ?? '{}') as Record<string, { origin: number }>;
  return fleet.shards.flatMap(({ disk: shard }, number) => {
    if (!shard.has('feed_0')) return [];
    const rows = shard.rows<FeedRow>(`${FEED} ORDER BY seq`, positions[number]?.origin ?? 0);
    return rows.map((row) => organizationEvent(row).id);
  });
}

/** One that its organization does not keep has left nothing, nor does any shard know it. */
function judgeErased(world: World, fleet: EndpointFleet, { id, host }: SimulatedEndpoint): void {
  if (host.disk.has('state')) world.violated('an endpoint that nobody keeps has not given itself up');
  for (const { disk } of fleet.shards) {
    if (!disk.has('subscriber')) continue;
    const readers = disk.rows('SELECT 1 FROM subscriber WHERE webhook_id = ?', id);
    if (readers.length > 0) world.violated('a shard goes on poking an endpoint that nobody keeps');
  }
}
