import type { Rejection } from '../../domain/base/rejection';
import type { EntryKind } from '../../domain/job/draft';
import type { Entity } from '../../domain/job/issue';
import type { JobSeed } from '../../domain/job/new-job';
import type { SkipReason, Verdict } from '../../domain/job/transition';
import type { Unit } from '../../domain/job/unit';
import type { IssueFilter, LogFilter } from './entry-store';
import type { JobView, Want } from './job-view';
import type { UnitKey } from './key-ledger';

/** What a job's object is asked and answers, over RPC. Expected refusals are values. */

export interface UnitAsk {
  unit: Unit;
  key: UnitKey | null;
}

export type UnitAnswer =
  | { outcome: 'refused'; rejection: Rejection }
  | {
      outcome: 'done';
      applied: boolean;
      reason: SkipReason | null;
      /** The revision the unit reached, when it was first applied where this is a replay. */
      revision: number;
      last_sequence: number | null;
      /** One a command; null in a replay. */
      verdicts: Verdict[] | null;
      replayed: boolean;
    };

/** The answer to a unit, with the job as its commit left it. */
export interface Applied {
  answer: UnitAnswer;
  view: JobView;
}

export interface CreateAsk {
  job_id: string;
  seed: JobSeed;
  /** The rerun's own items, where it has some. */
  items: Entity[];
  key: UnitKey | null;
  want: Want;
}

export type CreateAnswer =
  | { outcome: 'created' | 'replayed'; view: JobView }
  | { outcome: 'refused'; rejection: Rejection }
  /** Another job is there already: the caller made its id at random and makes another. */
  | { outcome: 'taken' };

export type RerunAnswer =
  | { outcome: 'seed'; seed: JobSeed; items: Entity[] }
  | { outcome: 'refused'; rejection: Rejection };

/** Asked for with `revision: true`; an object of an older build answers the rows alone. */
export interface RowsAt<Row> {
  /** The job's revision that the rows are of. */
  revision: number;
  rows: Row[];
}

export interface IssuePageAsk {
  list: Exclude<EntryKind, 'log'>;
  after: number;
  limit: number;
  filter: IssueFilter;
  revision?: boolean;
}

export interface LogPageAsk {
  after: { revision: number; k: number };
  limit: number;
  filter: LogFilter;
  revision?: boolean;
}

/** An entry of one kind; `body` is its JSON text. */
export interface EntryText {
  n: number;
  revision: number;
  k: number;
  at: number;
  body: string;
}

/** One thing that a rerun of failed ones is for. */
export interface Item {
  entity_type: string;
  entity_key: string;
}
