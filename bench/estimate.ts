/** How long a run takes, so that nobody waits for it in the dark. */
import type { Part, Plan } from './plan.ts';

/** What a sample takes beyond its seconds: its warm-up, the wait for quiet, its last answers (s). */
const BEYOND = 0.9;
/** What a contestant takes to be started with its jobs (s). */
const START = 5;
/** Creations a second that growth is reckoned with. */
const CREATES = 250;

/** Minutes of the plan's parts on two cores, with so many peers installed. */
export function estimateMinutes(plan: Plan, peers: number): number {
  return [...plan.parts].reduce((sum, part) => sum + secondsOf(part, plan, peers), 0) / 60;
}

function secondsOf(part: Part, plan: Plan, peers: number): number {
  const { age, growth, idle, index, life, processor, rounds, rows, starts, watch, workers } = plan;
  const sample = rounds.seconds + BEYOND;
  switch (part) {
    case 'rounds': {
      const own = 12 * rounds.connections.length;
      const cells = own + peers * 7 * rounds.peerConnections.length + 7 + 4 * peers;
      return rounds.rounds * (cells * sample + (2 + peers) * START + (peers === 0 ? rounds.rest / 1_000 : 0));
    }
    case 'life':
      return (2 + peers) * (START + life.rounds * (life.seconds + BEYOND));
    case 'processor':
      // Seven measures of two sides; four of them write.
      return (
        2 * START + processor.rounds * (14 * (1.25 * processor.seconds + 0.5) + (8 * processor.rest) / 1_000)
      );
    case 'workers':
      return (1 + peers) * START + workers.rounds * (1 + 2 * peers) * (workers.seconds + 0.4);
    case 'index':
      return index.rounds * 2 * (index.seconds + 2 * BEYOND);
    case 'growth': {
      const points = growth.jobs.length * 2 + growth.errors.length * 2;
      return (2 * Math.max(...growth.jobs)) / CREATES + points * 2 * (growth.seconds + BEYOND) + 10;
    }
    case 'watch':
      return (
        watch.polls.rounds * 5 * (watch.polls.seconds + BEYOND) +
        watch.reports.rounds * 9 * (watch.reports.seconds + BEYOND) +
        watch.latency.watchers.length * watch.latency.seconds +
        3 * START
      );
    case 'age':
      return age.rounds * 14 * (age.seconds + BEYOND) + 20;
    case 'start':
      return starts;
    case 'rows':
      return rows.seconds + rows.every + 2 * START;
    case 'idle':
      // It is over before `rows` is, where both are measured.
      return plan.parts.has('rows') ? 0 : 2 * (idle.seconds + 35 + START);
  }
}
