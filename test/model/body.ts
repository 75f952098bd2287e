/** The job as it is shown: a function of what is kept, never of the reader's clock. */
import { kept } from './entries.ts';
import { type Entry, isCompleted, type Job, percentOfCounters, shown } from './job.ts';
import { type JsonObject, same } from './json.ts';
import { estimate, percent } from './numbers.ts';

/** The body of contract A with every field of behaviour.md §1. */
export function bodyOf(job: Job): JsonObject {
  const { given, lineage, cancellation } = job;
  const counters = shown(job);
  const count = (kind: Entry['kind']) => job.entries.filter((entry) => entry.kind === kind).length;
  const issues = (kind: 'error' | 'warning') => kept(job, kind).slice(-100).map(issueBody);
  return {
    job_id: job.id,
    organization_id: job.organization,
    job_type: given.job_type,
    name: given.name ?? inWords(given.job_type),
    category: given.category ?? categoryOf(given.job_type),
    tags: given.tags ?? [],
    triggered_by: given.triggered_by ?? null,
    status: job.status,
    total_items: job.total,
    processed_items: counters.processed,
    failed_items: counters.failed,
    warned_items: counters.warned,
    failed_entities_capped: job.capped.error,
    warned_entities_capped: job.capped.warning,
    progress_percentage: isCompleted(job) ? 100 : Math.max(job.peak, percentOfCounters(job)),
    success_rate: percent(BigInt(counters.processed), counters.done),
    rate_per_second: job.pace.rate,
    eta_at: iso(etaOf(job, job.pace.rate)),
    typical_seconds: job.typical,
    stage: job.stage,
    last_message: job.lastMessage,
    created_at: iso(job.createdAt),
    started_at: iso(job.startedAt),
    completed_at: iso(job.completedAt),
    last_report_at: iso(job.lastReportAt),
    duration_seconds:
      job.completedAt === null || job.startedAt === null ? null : (job.completedAt - job.startedAt) / 1000,
    cancellation: cancellation && {
      reason: cancellation.reason,
      requested_at: iso(cancellation.at),
      requested_by: cancellation.by,
      acknowledged_at: iso(cancellation.acknowledgedAt),
      acknowledged_with: cancellation.acknowledgedWith,
    },
    metadata: {
      ...job.metadata,
      ...(job.stage === null ? {} : { stage: job.stage }),
      ...(job.lastMessage === null ? {} : { last_message: job.lastMessage }),
    },
    result: job.result,
    error_message: job.errorMessage,
    errors: issues('error'),
    warnings: issues('warning'),
    errors_total: count('error'),
    warnings_total: count('warning'),
    logs_total: job.entries.length,
    errors_by_type: errorsByType(job),
    rerun_of: lineage.rerunOf,
    root_job_id: lineage.root ?? job.id,
    rerun_number: lineage.number,
    heartbeat_timeout_seconds: given.heartbeat_timeout_seconds ?? null,
    timeout_seconds: given.timeout_seconds ?? null,
    retention_days: given.retention_days ?? 30,
    details_url: given.details_url ?? null,
    parent_job_id: given.parent_job_id ?? null,
    health: job.health,
    revision: job.revision,
  };
}

/** The estimate as `rate` gives it; null where it would be a guess. */
export function etaOf(job: Job, rate: number | null): number | null {
  const guess = job.pace.moves < 3 || job.total === 0 || job.health !== 'ok' || job.status !== 'in_progress';
  if (guess || job.lastReportAt === null) return null;
  const remaining = BigInt(job.total) - shown(job).done;
  return estimate(job.lastReportAt, remaining < 0n ? 0n : remaining, rate);
}

export function issueBody(entry: Extract<Entry, { kind: 'error' | 'warning' }>): JsonObject {
  return { ...entry.issue, timestamp: iso(entry.at) };
}

export function iso(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}

/** Whether a reader could tell the two apart, but for what only counts or dates the change itself. */
export function looksTheSame(before: Job, after: Job): boolean {
  const plain = (job: Job) => ({ ...bodyOf(job), revision: 0, last_report_at: null, eta_at: null });
  return before.entries.length === after.entries.length && same(plain(before), plain(after));
}

/** The first 100 types have totals of their own, the rest share `other`. */
function errorsByType(job: Job): Record<string, number> {
  const totals: Record<string, number> = {};
  for (const entry of job.entries) {
    if (entry.kind !== 'error') continue;
    const type = entry.issue.error_type;
    const name = Object.hasOwn(totals, type) || Object.keys(totals).length < 100 ? type : 'other';
    totals[name] = (totals[name] ?? 0) + 1;
  }
  return totals;
}

function inWords(type: string): string {
  const words = type.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export function categoryOf(type: string): string {
  if (type === 'crawl' || type === 'web_crawling') return 'seo';
  if (type === 'enrichment' || type === 'document_processing' || type === 'batch_embedding') return 'ai';
  return type === 'export' ? 'export' : 'sync';
}
