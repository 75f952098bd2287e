import type { Job, JsonObject, RecordedIssue } from './types.ts';

/** Issues of each kind that a job carries, the newest. */
const SHOWN = 100;

interface Entry {
  kind: 'log' | 'error' | 'warning' | 'event';
  data: unknown;
}
interface Update {
  job?: Job & { metadata?: JsonObject };
  entries?: Entry[];
}

/**
 * The job after one more event of its stream, as GET would answer it; `job` itself where the event changes nothing of it. An
 * update brings the job without its issues, which are among its entries, and metadata where they are news.
 */
export function fold(job: Job | null, event: string, data: string): Job | null {
  if (event === 'snapshot') return (JSON.parse(data) as { job: Job }).job;
  if (event !== 'update' || job === null) return job;
  const { job: news, entries = [] } = JSON.parse(data) as Update;
  const folded = {
    ...job,
    errors: withNew(job.errors, entries, 'error'),
    warnings: withNew(job.warnings, entries, 'warning'),
  };
  // The earlier updates of a long catch-up have entries alone.
  if (news === undefined) return folded;
  const metadata: JsonObject = { ...(news.metadata ?? job.metadata) };
  for (const name of ['stage', 'last_message'] as const) {
    if (news[name] === null) delete metadata[name];
    else metadata[name] = news[name];
  }
  return { ...folded, ...news, metadata };
}

function withNew(issues: RecordedIssue[], entries: Entry[], kind: Entry['kind']): RecordedIssue[] {
  const fresh = entries.filter((entry) => entry.kind === kind).map(({ data }) => data as RecordedIssue);
  return fresh.length === 0 ? issues : [...issues, ...fresh].slice(-SHOWN);
}
