import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { mergeStats, type StatsPart } from '../../src/domain/job/stats';
import { type Summary, summarize } from '../../src/domain/job/summary';
import type { StatsFilter } from '../../src/objects/org-index/contract';
import { freshJob } from './arbitraries';
import { indexStub } from './objects';

export const START = Date.UTC(2026, 0, 1);
/** Terms that refuse nothing. */
export const PLENTY = { per_minute: 60_000_000, burst: 10_000, jobs: 100_000 };
let organizations = 0;

/** A job as it is at one of its revisions, which begin at 1. */
export function summaryOf(n: number, revision: number, fields: Partial<Summary> = {}): Summary {
  const job_id = `00000000-0000-8000-8000-${n.toString(16).padStart(12, '0')}`;
  const made = { ...summarize(freshJob()), job_id, root_job_id: job_id, created_at: START + n };
  return { ...made, revision, ...fields };
}

/** One that ended `ended` ms after the start of all, which it took `seconds` for. */
export function endedAt(
  n: number,
  ended: number,
  seconds: number | null,
  fields: Partial<Summary> = {},
): Summary {
  const completed_at = START + ended;
  const started_at = seconds === null ? null : completed_at - seconds * 1_000;
  const end = { status: 'completed', completed_at, started_at, duration_seconds: seconds } as const;
  return summaryOf(n, 3, { ...end, ...fields });
}

/** A shard of an organization of its own: told of jobs, and asked what it counts of them. */
export function countingShard() {
  const index = indexStub(`counts-${++organizations}`);
  const publish = (summary: Summary, more: object = {}) =>
    index.publish({ summary, events: [], through: 0, deleted: false, ...more });
  const ask = async (filter: StatsFilter) => (await index.stats(filter)) as unknown as StatsPart;
  const stats = async (now = START, filter: StatsFilter = {}) => mergeStats([await ask(filter)], now);
  return {
    index,
    publish,
    async all(summaries: readonly Summary[]) {
      for (let n = 0; n < summaries.length; n += 100) {
        await Promise.all(summaries.slice(n, n + 100).map((summary) => publish(summary)));
      }
    },
    part: (filter = {}) => ask(filter),
    stats,
    sql: (...statements: string[]) =>
      runInDurableObject(index, (_object, { storage }) => {
        for (const statement of statements) storage.sql.exec(statement).toArray();
      }),
    async counted() {
      for (let runs = 0; (await runDurableObjectAlarm(index)) && runs < 50; runs++);
      return stats();
    },
  };
}
