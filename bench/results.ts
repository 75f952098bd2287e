/** Everything that a run found out. A part that was left out is null. */
import type { AgeCost } from './age/age.ts';
import type { Cell } from './cells.ts';
import type { ErrorsPoint, JobsPoint } from './growth.ts';
import type { Idle } from './idle.ts';
import type { IndexCommits } from './index-commits/compare.ts';
import type { Life } from './life.ts';
import type { Machine } from './machine.ts';
import type { WorkerRun } from './one-worker.ts';
import type { Others } from './others.ts';
import type { Skipped } from './peers/find.ts';
import type { Plan } from './plan.ts';
import type { ProcessorCost } from './processor-time/compare.ts';
import type { RowsWritten } from './rows-written/measure-rows.ts';
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
  life: Life[] | null;
  processor: ProcessorCost[] | null;
  workers: WorkerRun[] | null;
  index: IndexCommits | null;
  growth: { jobs: JobsPoint[]; floor: JobsPoint[]; errors: ErrorsPoint[] } | null;
  watch: Watch | null;
  age: AgeCost[] | null;
  start: StartUp | null;
  rows: RowsWritten | null;
  idle: Idle[] | null;
  /** What the machine did beside each part. */
  others: Others[];
  /** 4 KiB writes a second, each synced, after the run: before it see `machine`. */
  syncsAfter: number;
}
