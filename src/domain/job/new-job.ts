import { type JsonObject, jsonSize } from '../base/json';
import { type Rejection, reject } from '../base/rejection';
import { shorten } from '../base/text';
import { type CreateInput, splitMetadata } from './command';
import { type Change, Draft } from './draft';
import { GIVEN_FIELDS, type GivenField } from './fields';
import type { Category, Job } from './job';
import { CONTENT_LIMIT } from './job';
import { NO_SEQUENCES } from './sequences';

const DEFAULT_RETENTION_DAYS = 30;

/** The category of a type that was given none. Anything else is `sync`. Source: behaviour §1. */
const CATEGORY_OF: Record<string, Category> = {
  crawl: 'seo',
  web_crawling: 'seo',
  enrichment: 'ai',
  document_processing: 'ai',
  batch_embedding: 'ai',
  export: 'export',
};

export interface Lineage {
  rerun_of: string;
  root_job_id: string;
  rerun_number: number;
  /** When the job was made that it does again (ms): it is the newer one, though the clock went back. An older build says nothing. */
  after?: number;
}

/** All that a new job starts from. */
export type JobSeed = Pick<Job, GivenField | 'metadata' | 'stage' | 'last_message'> & {
  lineage: Lineage | null;
};

/** The seed of a job as its creator described it. */
export function seedFrom(input: CreateInput): JobSeed | Rejection {
  const { own, rest } = splitMetadata(input.metadata ?? {});
  if (jsonSize(rest) > CONTENT_LIMIT) {
    const error = { path: 'metadata', message: 'must be at most 65,536 bytes as JSON' };
    return reject('metadata_too_large', `${error.path} ${error.message}.`, [error]);
  }
  return {
    job_type: input.job_type,
    name: input.name ?? inWords(input.job_type),
    category: input.category ?? categoryOf(input.job_type),
    tags: input.tags ?? [],
    triggered_by: input.triggered_by ?? null,
    total_items: input.total_items,
    heartbeat_timeout_seconds: input.heartbeat_timeout_seconds ?? null,
    timeout_seconds: input.timeout_seconds ?? null,
    retention_days: input.retention_days ?? DEFAULT_RETENTION_DAYS,
    details_url: input.details_url ?? null,
    parent_job_id: input.parent_job_id ?? null,
    metadata: rest,
    stage: own.stage ?? null,
    last_message: own.last_message ? shorten(own.last_message) : null,
    lineage: null,
  };
}

/** The seed of a job that does `job` again: as it was created, with the total as it stands now. */
export function seedOfRerun(job: Job, createdMetadata: JsonObject): JobSeed {
  const given = Object.fromEntries(GIVEN_FIELDS.map((name) => [name, job[name]]));
  return {
    ...(given as Pick<Job, GivenField>),
    metadata: createdMetadata,
    stage: null,
    last_message: null,
    lineage: {
      rerun_of: job.job_id,
      root_job_id: job.root_job_id,
      rerun_number: job.rerun_number + 1,
      after: job.created_at,
    },
  };
}

/** A job at revision 1, with its first event. */
export function newJob(jobId: string, organizationId: string, seed: JobSeed, now: number): Change {
  const { lineage, ...given } = seed;
  const unborn: Job = {
    ...given,
    job_id: jobId,
    organization_id: organizationId,
    status: 'pending',
    health: 'ok',
    revision: 0,
    processed_items: 0,
    failed_items: 0,
    warned_items: 0,
    failed_entities: 0,
    warned_entities: 0,
    failed_entities_capped: false,
    warned_entities_capped: false,
    peak: 0,
    rate: null,
    rate_at: null,
    rate_backlog: 0,
    moves: 0,
    typical_seconds: null,
    created_at: lineage?.after !== undefined && lineage.after > now ? lineage.after + 1 : now,
    started_at: null,
    completed_at: null,
    last_report_at: null,
    error_message: null,
    cancellation: null,
    ending: null,
    errors_total: 0,
    warnings_total: 0,
    log_entries_total: 0,
    events_total: 0,
    errors_by_type: [],
    rerun_of: lineage?.rerun_of ?? null,
    root_job_id: lineage?.root_job_id ?? jobId,
    rerun_number: lineage?.rerun_number ?? 0,
    watched_from: null,
    seen_at: null,
    reporters: NO_SEQUENCES,
    result: null,
  };
  const draft = new Draft(unborn, () => false);
  draft.event('job.created');
  return draft.finish(now, false);
}

function inWords(jobType: string): string {
  const words = jobType.replaceAll(/[_-]+/g, ' ').trim();
  return words === '' ? jobType : words.charAt(0).toUpperCase() + words.slice(1);
}

function categoryOf(jobType: string): Category {
  return (Object.hasOwn(CATEGORY_OF, jobType) ? CATEGORY_OF[jobType] : undefined) ?? 'sync';
}
