import type { Category, Health, Status } from './job';
import { meetTypes } from './job-type';
import type { Summary } from './summary';

/** What a list may be in the order of, newest first. By `completed_at` it has the jobs that have ended alone. */
export const LIST_ORDERS = ['created_at', 'updated_at', 'completed_at'] as const;
export type ListOrder = (typeof LIST_ORDERS)[number];

/** Which jobs a list shows. Absent fields don't filter; statuses and healths are alternatives, tags must all be there. */
export interface ListFilter {
  status?: Status[];
  health?: Health[];
  job_type?: string;
  /** Alternatives, beside `job_type`. An object of an older build passes over them, and over what it does not know. */
  job_types?: readonly string[];
  category?: Category;
  tag?: string[];
  triggered_by?: string;
  parent_job_id?: string;
  rerun_of?: string;
  /** Of a whole chain of reruns, its first job included. */
  root_job_id?: string;
  name?: string;
  /** What the name or the id begins with, in letters of either case. */
  q?: string;
  /** ms; jobs created at that time are in. */
  created_after?: number;
  /** ms; jobs created at that time are out. */
  created_before?: number;
}

const EQUAL = ['category', 'triggered_by', 'rerun_of', 'root_job_id', 'name', 'parent_job_id'] as const;

/** Whether a list with this filter shows the job. */
export function isListed(filter: ListFilter, job: Summary): boolean {
  const { status, health, tag = [], q, created_after, created_before } = filter;
  return (
    EQUAL.every((name) => filter[name] === undefined || filter[name] === job[name]) &&
    typesOf(filter)?.includes(job.job_type) !== false &&
    status?.includes(job.status) !== false &&
    health?.includes(job.health) !== false &&
    tag.every((one) => job.tags.includes(one)) &&
    (q === undefined || begins(job.name, q) || begins(job.job_id, q)) &&
    (created_after === undefined || job.created_at >= created_after) &&
    (created_before === undefined || job.created_at < created_before)
  );
}

/** The types of the jobs that a filter lets through; undefined for all. */
export function typesOf({ job_type, job_types }: ListFilter): readonly string[] | undefined {
  return meetTypes(job_type, job_types);
}

/** Letters of ASCII are alike in either case, as the index has them. */
function begins(text: string, start: string): boolean {
  return inOneCase(text.slice(0, start.length)) === inOneCase(start);
}

function inOneCase(text: string): string {
  return text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
