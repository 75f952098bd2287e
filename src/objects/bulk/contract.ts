import type { Permission } from '../../domain/access/permission';
import type { AuditTrace } from '../../domain/audit/audit-record';
import type { BulkOperation } from '../../domain/job/bulk';
import type { CreateAnswer, UnitKey } from '../job/contract';
import type { ListFilter } from '../org-index/contract';

/** What a bulk operation is: fixed at its beginning. */
export interface BulkSpec {
  /** Of the job that shows how far it is. */
  job_id: string;
  operation: BulkOperation;
  /** Who does it, and which jobs there are for them. */
  by: BulkCaller;
  trace: AuditTrace;
  /** Jobs that it takes in: those of a filter, `created_before` its beginning, or those with these ids. */
  filter: ListFilter | null;
  ids: string[] | null;
  /** Cancelled before those of the filter, its children: where it has ended otherwise, or knows the key by another request, they are left alone. */
  parent?: string;
  /** The key that its cancellation was asked for on; absent where that had none, and from an older Worker. */
  parent_key?: UnitKey;
  /** How many that are, as far as that was counted. */
  total: number;
  /** What a cancellation says, and what a rerun is of. */
  reason: string | null;
  items: 'all' | 'failed';
  /** What its job shows of it, as JSON. */
  shown: string;
  key: UnitKey;
}

export interface BulkCaller {
  actor: { kind: 'key' | 'member' | 'hook'; id: string };
  name: string | null;
  permissions: Permission[];
  job_types: string[] | null;
  tag: string | null;
}

/** Something that could not be done to a job. */
export interface BulkFailure {
  job_id: string;
  code: string;
  message: string;
}

/** How far it is: all that is remembered from one page to the next. */
export interface BulkPlace {
  /** Pages that are done: the sequence of what its job was told last. */
  n: number;
  /** Where the next page begins: a cursor of the list, or how many ids were taken; null at the beginning. */
  next: string | number | null;
  /** Of a parent's children that it knows itself, the cores of those whose turn is still to come, while it is theirs. */
  known?: string[];
  /** Jobs whose turn it is: something may have been done to them already. */
  page: string[];
  /** How often that was tried. */
  tries: number;
  /** The last page has been taken. */
  last: boolean;
  done: number;
  failed: number;
  /** Failures of the page before, which its job is told with the next report. */
  failures: BulkFailure[];
}

/** The jobs whose turn is next, and where those behind them begin. */
export type BulkPage = Pick<BulkPlace, 'page' | 'next' | 'known' | 'last'>;

/** One bulk operation while it is under way; its job stays when it is over. */
export interface BulkObject {
  /** Begins it, and answers its job; again, it begins nothing. */
  start(organization: string, spec: BulkSpec): Promise<CreateAnswer>;
}

/** What became of one job. `again` may be done later. */
export type BulkOutcome =
  | { outcome: 'done' }
  | ({ outcome: 'failed' | 'again' } & Omit<BulkFailure, 'job_id'>);

/** How its job stands: it is `over` where it has ended otherwise, or is gone. */
export type BulkStanding = 'under way' | 'cancelled' | 'over';

/** What a bulk operation asks of the service. All of it may be asked again. */
export interface BulkVerbs {
  /** Makes the job that shows it, or finds it. */
  open(organization: string, spec: BulkSpec): Promise<CreateAnswer>;
  /** What the key of `spec` made before; null where it made nothing. */
  made(organization: string, spec: BulkSpec): Promise<CreateAnswer | null>;
  /** Tells the job how far it is, at its end with the mark. */
  tell(organization: string, spec: BulkSpec, place: BulkPlace, ended: boolean): Promise<BulkStanding>;
  /** At most `limit` jobs from `place` on. Throws where they can't be told now. */
  page(organization: string, spec: BulkSpec, place: BulkPlace, limit: number): Promise<BulkPage>;
  /** Does it to one job; `repeated` where that may have been done before. */
  act(organization: string, spec: BulkSpec, jobId: string, repeated: boolean): Promise<BulkOutcome>;
}
