import type { Schemas } from './schemas.ts';

/** The shapes that a caller meets, under the names they have in conversation. */

export type Job = Schemas['JobResponse'];
export type JobSummary = Schemas['JobSummary'];
export type JobStatus = Job['status'];
export type NewJob = Schemas['CreateJob'];
export type Report = Omit<Schemas['ReportProgress'], 'reporter' | 'sequence'>;
export type Issue = Schemas['JobProgressErrorBody'];
export type RecordedIssue = Schemas['JobErrorResponse'];
export type LogEntry = Schemas['LogEntry'];
export type LogLine = Schemas['LogPage']['logs'][number];
export type JobEvent = Schemas['EventPage']['events'][number];
export type Item = Schemas['ItemPage']['items'][number];
export type Control = Schemas['Control'];
export type FeedEvent = Schemas['FeedPage']['events'][number];
export type FieldError = NonNullable<Schemas['Problem']['errors']>[number];

/** A JSON object, of whatever is in it. */
export type JsonObject = Record<string, unknown>;

/** What a call may be given: aborting it rejects the call with the signal's reason. */
export interface Ask {
  signal?: AbortSignal | undefined;
}
