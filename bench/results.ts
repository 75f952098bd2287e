/** Everything that a run found out. A part that was left out is null. */
import type { AgeCost } from './age/age.ts';
import type { ErrorsPoint, JobsPoint } from './growth.ts';
import type { IndexCommits } from './index-commits/compare.ts';
import type { Machine } from './machine.ts';
import type { WorkerRun } from './one-worker.ts';
import type { Skipped } from './peers/start.ts';
import type { Plan } from './plan.ts';
import type { Cell } from './rounds.ts';
import type { StartUp } from './start-up.ts';
import type { Watch } from './watch/watch.ts';

export interface Results {
  /** ISO 8601, UTC. */
  began: string;
  minutes: number;
  machine: Machine;
  plan: Pick<Plan, 'quick' | 'rounds'>;
  peers: { name: string; versions: string }[];
  skipped: Skipped[];
  cells: Cell[] | null;
  index: IndexCommits | null;
  workers: { service: WorkerRun; peers: { one: WorkerRun; many: WorkerRun }[] } | null;
  growth: { jobs: JobsPoint[]; floor: JobsPoint[]; errors: ErrorsPoint[] } | null;
  watch: Watch | null;
  age: AgeCost[] | null;
  start: StartUp | null;
}
