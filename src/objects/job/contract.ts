import type { AuditTrace } from '../../domain/audit/audit-record';
import type { Rejection } from '../../domain/base/rejection';
import type { Restatement } from '../../domain/feed/drift';
import type { CreationTerms } from '../../domain/feed/publication';
import type { EntryKind } from '../../domain/job/draft';
import type { Entity } from '../../domain/job/issue';
import type { LogLevel } from '../../domain/job/log-level';
import type { JobSeed } from '../../domain/job/new-job';
import type { JobLimits } from '../../domain/job/report-rate';
import type { Summary } from '../../domain/job/summary';
import type { SkipReason, Verdict } from '../../domain/job/transition';
import type { Unit } from '../../domain/job/unit';

/** What a job's object is asked and answers, over RPC. Expected refusals are values. */

export interface UnitAsk {
  unit: Unit;
  key: UnitKey | null;
  /** Who asks for it, where it is an act that is recorded. */
  trace?: AuditTrace;
  /** The organization's limits where they are not the standard ones. An object of an older build passes over them. */
  limits?: JobLimits;
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
      /** The kinds of its entries that took the place of others, since the job holds as many bytes as it may. */
      bound?: EntryKind[];
    };

/** The answer to a unit, with the job as its commit left it. */
export interface Applied {
  answer: UnitAnswer;
  view: JobView;
}

export interface CreateAsk {
  job_id: string;
  seed: JobSeed;
  /** The seed's metadata where its numbers keep the digits they came with: `fromSendable`. */
  exact?: string;
  /** The rerun's own items, where it has some. */
  items: Entity[];
  key: UnitKey | null;
  want: Want;
  /** Who does a job again: an act that is recorded, as a creation is not. */
  trace?: AuditTrace;
  /** Who begins the bulk operation that this job shows. An object of an older build passes over it. */
  bulk?: AuditTrace;
  /** Under what terms the job’s index may refuse it; absent where it may not. An object of an older build passes over them. */
  terms?: CreationTerms;
}

export type CreateAnswer =
  | { outcome: 'created' | 'replayed'; view: JobView }
  | { outcome: 'refused'; rejection: Rejection }
  /** Another job is there already: the caller made its id at random and makes another. */
  | { outcome: 'taken' };

export type RerunAnswer =
  | { outcome: 'seed'; seed: JobSeed; exact?: string; items: Entity[] }
  | { outcome: 'refused'; rejection: Rejection };

/** Asked for with `revision: true`; an object of an older build answers the rows alone. */
export interface RowsAt<Row, Place = never> {
  /** The job's revision that the rows are of. */
  revision: number;
  rows: Row[];
  /** Where a page that was asked for with `bounds` ends; null where nothing is behind it, absent from an older object. */
  next?: Place | null;
  /** Entries behind the place that the page was asked for which are no longer kept; absent from an older object. */
  dropped?: number;
}

/** What a page is bounded by: rows that it holds, bytes of their JSON, rows that are looked at for it. */
export interface PageBounds {
  rows: number;
  bytes: number;
  scan: number;
}

/** A place in the log. `passed` are the ordinals of the entries at or before it, of each kind that was read. */
export interface LogPlace {
  revision: number;
  k: number;
  passed?: Partial<Record<EntryKind, number>>;
}

export interface IssuePageAsk {
  list: Exclude<EntryKind, 'log'>;
  after: number;
  /** For an object that knows no `bounds`. */
  limit: number;
  bounds?: PageBounds;
  filter: IssueFilter;
  revision?: boolean;
}

export interface LogPageAsk {
  after: LogPlace;
  /** For an object that knows no `bounds`. */
  limit: number;
  bounds?: PageBounds;
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

/** Which parts of a job an answer needs beside its summary. */
export interface Want {
  /** Errors, warnings, metadata and result. */
  content?: boolean;
  logs?: boolean;
  /** A key that a change is to come on: whether it can is `conflict`. An object of an older build passes over it. */
  key?: UnitKey;
}

/** A job as a reader sees it. Content is JSON text, passed on as it is. */
export interface JobView {
  summary: Summary;
  content: { metadata: string; result: string; errors: string; warnings: string } | null;
  logs: LogLine[] | null;
  /** The job keeps `key` of what was wanted for another request, and would refuse this one. */
  conflict?: true;
  /** How many watch the job, for an answer to its worker alone: no body of the job shows it. */
  watchers?: number;
}

/** A line of the log as people see it. */
export interface LogLine {
  revision: number;
  k: number;
  /** ms since 1970. */
  at: number;
  level: LogLevel;
  message: string;
  kind: EntryKind;
}

export interface LogFilter {
  level?: LogLine['level'] | undefined;
  since?: number | undefined;
  until?: number | undefined;
  q?: string | undefined;
}

export interface IssueFilter {
  error_type?: string | undefined;
  entity_type?: string | undefined;
}

/** One `Idempotency-Key` as a caller sent it, and what it came on: hashes as hex. */
export interface UnitKey {
  /** Of the key, 16 bytes. */
  key: string;
  /** Of operation and body as it was sent, 8 bytes: what an older build kept, and asks by alone. */
  body: string;
  /** Of operation and body as a JSON value, 8 bytes: what is kept where it is there. */
  value?: string;
}

/**
 * One job: the only truth about it. Each call names the organization it is for, and `tokens` is the generation of the
 * token that it came by: there is no job for one that was revoked.
 */
export interface JobObject {
  /** Creates the job, or answers it again to the key it was created with. */
  create(organization: string, ask: CreateAsk): Promise<CreateAnswer>;
  /** The job that this key created here, whatever it would create now; null where it created none. */
  recreate(organization: string, key: UnitKey, want: Want): Promise<CreateAnswer | null>;
  /** Applies a unit; null where there is no such job. A change of status is published before it is answered. */
  apply(organization: string, ask: UnitAsk, want: Want, tokens?: number): Promise<Applied | null>;
  get(organization: string, want: Want, tokens?: number): Promise<JobView | null>;
  /** A page of errors, warnings or events, oldest first; null where there is no such job. */
  page(
    organization: string,
    ask: IssuePageAsk,
    tokens?: number,
  ): Promise<EntryText[] | RowsAt<EntryText, number> | null>;
  /** A page of the log, oldest first; null where there is no such job. */
  logPage(
    organization: string,
    ask: LogPageAsk,
    tokens?: number,
  ): Promise<LogLine[] | RowsAt<LogLine, LogPlace> | null>;
  /** `count` of a rerun's own items from the `from`th; null where there is no such job. */
  items(
    organization: string,
    from: number,
    count: number,
    revision?: boolean,
    tokens?: number,
  ): Promise<Item[] | RowsAt<Item> | null>;
  /** What a rerun of this job starts from; null where there is no such job. */
  rerun(organization: string, items: 'all' | 'failed'): Promise<RerunAnswer | null>;
  /**
   * Somebody looks at the job in a list: what is unpublished of it is published, and from here on every `interval` (ms).
   * An object of an older build lacks this.
   */
  look(organization: string, interval: number): Promise<void>;
  /**
   * What the job’s index is to know of it, with the events behind the `after`th, or its newest; null where there is no such
   * job. An object of an older build lacks this.
   */
  restate(organization: string, after: number | null): Promise<Restatement | null>;
  /**
   * Counts a child of the job, by the core of its id, once, before each request makes it: null where there is no such job
   * or where it is a child itself, `full` where it may have no more. Nothing that anybody sees of the job changes. An
   * object of an older build lacks this.
   */
  adopt(organization: string, core: string): Promise<'adopted' | 'full' | null>;
  /** A request for the child came to nothing: it counts no more where no other has told of it. */
  disown(organization: string, core: string): Promise<void>;
  /** Has it know of a rerun of a child, which it does not count. An object of an older build lacks this. */
  adoptRerun(organization: string, core: string): Promise<void>;
  /**
   * The cores of its newest children and of their newest reruns, each oldest first: those that its index may not have been
   * told of yet are among them. None where there is no such job. An object of an older build lacks this.
   */
  newestChildren(organization: string): Promise<string[]>;
  /** Deletes an ended job: a 404 from now on, removed once the index knows. */
  remove(organization: string, trace?: AuditTrace): Promise<'removed' | 'not_terminal' | null>;
  /** Deletes all there is of the job, at once, and tells nobody: its organization is deleted. An object of an older build lacks this. */
  erase(organization: string): Promise<void>;
  /** What a token made now is to carry, and one shown now must; null where there is no such job. */
  tokenGeneration(organization: string): Promise<number | null>;
  /** Revokes all tokens of the job; false where there is none. */
  revokeTokens(organization: string, trace?: AuditTrace): Promise<boolean>;
}
