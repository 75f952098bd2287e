/** The options of `npm run bench`, and what they come to. */
import { Complaint, commandOptions } from '../dev/command-line.ts';
import { MEASURES, type Measure } from './measures.ts';
import type { Plan as RoundsPlan } from './rounds.ts';
import type { WatchPlan } from './watch/watch.ts';

export const PARTS = ['rounds', 'index', 'workers', 'growth', 'watch', 'age', 'start'] as const;
export type Part = (typeof PARTS)[number];

export interface Plan {
  /** Short or in part: its figures are for trying, and never replace those of a whole run. */
  quick: boolean;
  parts: ReadonlySet<Part>;
  rounds: RoundsPlan;
  index: { rounds: number; seconds: number; rest: number };
  workers: { reports: number; limit: number };
  growth: { jobs: number[]; errors: number[]; seconds: number; rest: number };
  watch: WatchPlan;
  age: { rounds: number; seconds: number };
  starts: number;
}

/** Numbers at which growth is measured, up to the bound that the options set. */
const JOBS = [10, 1_000, 10_000, 30_000, 100_000];
const ERRORS = [0, 100, 1_000, 10_000, 100_000];

/**
 * `--quick` takes two minutes in place of twenty. `--parts rounds,growth` leaves the rest out. `--rounds`, `--seconds`
 * (of a sample), `--jobs`, `--errors` (the bounds of growth) and `--reports` (of the one worker) replace a number each.
 */
export function readPlan(): Plan {
  const options = commandOptions({
    quick: { type: 'boolean' },
    ...{ parts: { type: 'string' }, rounds: { type: 'string' }, seconds: { type: 'string' } },
    ...{ jobs: { type: 'string' }, errors: { type: 'string' }, reports: { type: 'string' } },
  });
  const quick = options.quick ?? false;
  const rounds = number('--rounds', options.rounds, quick ? 1 : 3);
  const seconds = number('--seconds', options.seconds, quick ? 0.5 : 2);
  const jobs = number('--jobs', options.jobs, quick ? 1_000 : 30_000);
  const errors = number('--errors', options.errors, quick ? 1_000 : 100_000);
  const rest = quick ? 500 : 6_500;
  return {
    quick: quick || options.parts !== undefined,
    parts: readParts(options.parts),
    rounds: {
      measures: Object.keys(MEASURES) as Measure[],
      connections: quick ? [16, 64] : [1, 16, 64],
      ...{ rounds, seconds, warmup: seconds / 4, patience: quick ? 300 : 6_500 },
    },
    index: { rounds, seconds, rest },
    workers: {
      reports: number('--reports', options.reports, quick ? 5_000 : 100_000),
      limit: quick ? 2 : 12,
    },
    growth: {
      jobs: JOBS.filter((count) => count <= jobs),
      errors: ERRORS.filter((count) => count <= errors),
      ...{ seconds, rest },
    },
    watch: {
      polls: { rounds, seconds, connections: 64 },
      latency: { watchers: quick ? [1, 50] : [1, 100, 1_000], seconds: quick ? 2 : 20 },
      reports: { rounds, seconds },
    },
    age: { rounds, seconds },
    starts: quick ? 2 : 5,
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
