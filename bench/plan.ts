/** The options of `npm run bench`, and what they come to. */
import { Complaint, commandOptions } from '../dev/command-line.ts';
import type { GrowthPlan } from './growth.ts';
import type { IdlePlan } from './idle.ts';
import type { LifePlan } from './life.ts';
import { MEASURES, type Measure } from './measures.ts';
import type { WorkerPlan } from './one-worker.ts';
import type { ProcessorPlan } from './processor-time/compare.ts';
import type { RoundsPlan } from './rounds.ts';
import type { RowsPlan } from './rows-written/measure-rows.ts';
import type { WatchPlan } from './watch/watch.ts';

/** In the order in which they run. `rows` and `idle` share their time: what they count no load changes. */
export const PARTS = [
  ...(['rounds', 'life', 'processor', 'workers', 'index'] as const),
  ...(['growth', 'watch', 'age', 'start', 'rows', 'idle'] as const),
] as const;
export type Part = (typeof PARTS)[number];

export interface Plan {
  /** Short or in part: its figures are for trying, and never replace those of a whole run. */
  quick: boolean;
  parts: ReadonlySet<Part>;
  rounds: RoundsPlan;
  life: LifePlan;
  processor: ProcessorPlan;
  workers: WorkerPlan;
  index: { rounds: number; seconds: number };
  growth: GrowthPlan;
  watch: WatchPlan;
  age: { rounds: number; seconds: number };
  starts: number;
  rows: RowsPlan;
  idle: IdlePlan;
}

/** Numbers at which growth is measured, up to the bound that the options set. */
const JOBS = [10, 1_000, 10_000, 30_000, 100_000];
const ERRORS = [0, 100, 1_000, 10_000, 100_000];

/**
 * `--quick` takes three minutes in place of forty. `--parts rounds,growth` leaves the rest out. `--rounds`, `--seconds` (of a
 * sample), `--jobs`, `--errors` (the bounds of growth) and `--minutes` (of `rows`, and of `idle` at most) replace a number each.
 */
export function readPlan(): Plan {
  const options = commandOptions({
    quick: { type: 'boolean' },
    ...{ parts: { type: 'string' }, rounds: { type: 'string' }, seconds: { type: 'string' } },
    ...{ jobs: { type: 'string' }, errors: { type: 'string' }, minutes: { type: 'string' } },
  });
  const quick = options.quick ?? false;
  const rounds = number('--rounds', options.rounds, quick ? 1 : 5);
  const seconds = number('--seconds', options.seconds, quick ? 0.3 : 1);
  const jobs = number('--jobs', options.jobs, quick ? 1_000 : 30_000);
  const errors = number('--errors', options.errors, quick ? 1_000 : 100_000);
  const minutes = number('--minutes', options.minutes, quick ? 0.2 : 10);
  return {
    quick: Object.keys(options).length > 0,
    parts: readParts(options.parts),
    rounds: {
      measures: Object.keys(MEASURES) as Measure[],
      connections: quick ? [16, 64] : [1, 16, 64],
      peerConnections: [16],
      // The alarm of a creation is a minute away.
      ...{ rounds, seconds, warmup: seconds / 4, rest: quick ? 0 : 61_000 },
    },
    life: { rounds, seconds: 2 * seconds },
    processor: { rounds, seconds, requests: quick ? 200 : 500, rest: quick ? 500 : 2_200 },
    workers: { rounds, seconds: 2 * seconds },
    index: { rounds, seconds },
    growth: {
      jobs: JOBS.filter((count) => count <= jobs),
      errors: ERRORS.filter((count) => count <= errors),
      ...{ rounds, seconds },
    },
    watch: {
      polls: { rounds, seconds, connections: 64 },
      latency: { watchers: quick ? [1, 50] : [1, 100, 1_000], seconds: quick ? 2 : 20 },
      reports: { rounds, seconds },
    },
    age: { rounds, seconds },
    starts: quick ? 2 : 5,
    rows: { jobs: quick ? 50 : 1_000, every: quick ? 3 : 15, seconds: 60 * minutes },
    idle: { jobs: quick ? 100 : 1_000, seconds: Math.min(60 * minutes, 150) },
  };
}

function readParts(text: string | undefined): ReadonlySet<Part> {
  if (text === undefined) return new Set(PARTS);
  return new Set(
    text.split(',').map((name) => {
      const part = PARTS.find((known) => known === name);
      if (part === undefined) throw new Complaint(`--parts knows ${PARTS.join(', ')}; not ${name}.`);
      return part;
    }),
  );
}

function number(option: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (!(value > 0)) throw new Complaint(`${option} is ${JSON.stringify(text)}; it takes a number above 0.`);
  return value;
}
