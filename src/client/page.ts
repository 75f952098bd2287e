/** What a page loads of the client: all but what a process alone has, and a receiver of webhooks. */
export { Headway, type HeadwayOptions } from './headway.ts';
export { HeadwayError, type Refusal } from './headway-error.ts';
export { JobCancelled } from './job-cancelled.ts';
export type { Bulk, ExportFilter, IssueFilter, JobFilter, LogFilter } from './jobs.ts';
export type { EventFilter, FollowedEvent } from './reading.ts';
export type { Schemas } from './schemas.ts';
export type { OnTrouble, Trouble } from './trouble.ts';
export type {
  Control,
  FeedEvent,
  FieldError,
  Issue,
  Item,
  Job,
  JobEvent,
  JobStatus,
  JobSummary,
  LogEntry,
  LogLine,
  NewJob,
  RecordedIssue,
  Report,
} from './types.ts';
export type { Wire, WireOptions } from './wire.ts';
export type { WorkerJob } from './worker-job.ts';
