/**
 * The client of Headway for whoever does the work, and for whoever watches it. It needs `fetch`, streams, timers and WebCrypto,
 * as every runtime and browser has them.
 */
export { Headway, type HeadwayOptions } from './headway.ts';
export { HeadwayError, type Refusal } from './headway-error.ts';
export { JobCancelled } from './job-cancelled.ts';
export type { IssueFilter, JobFilter, LogFilter } from './jobs.ts';
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
export { verifyWebhook, type WebhookCheck, type WebhookEvent } from './verify-webhook.ts';
export type { WorkerJob } from './worker-job.ts';
