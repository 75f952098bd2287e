import { DAY } from '../../src/domain/base/time';
import { type Summary, summarize } from '../../src/domain/job/summary';
import { OrgIndexStore } from '../../src/objects/org-index/org-index-store';
import { freshJob } from './arbitraries';
import { fillSummaries } from './fill-summaries';
import { rowsTo } from './rows-read';

/** Jobs of a large index. */
export const LISTED = 20_000;

/** A job that is newer than all of them. */
export const SUMMARY: Summary = {
  ...summarize(freshJob()),
  job_id: 'new',
  status: 'in_progress',
  created_at: LISTED + 1,
};

/**
 * 20,000 jobs, one in a thousand under way, of a rare type, or with a rare tag beside the common one, every other one Eve's;
 * and twice 5,000 that were deleted after `start` (ms): some as the version before kept them.
 */
export function fillIndex(sql: SqlStorage, start: number): void {
  new OrgIndexStore(sql).prepare();
  fillSummaries(sql, SUMMARY, LISTED, {
    created_at: 'n',
    job_id: "printf('%08d', n)",
    name: "CASE n % 2 WHEN 0 THEN 'Even' ELSE 'Odd' END",
    triggered_by: "CASE n % 2 WHEN 0 THEN 'eve' ELSE 'otto' END",
    status: "CASE n % 1000 WHEN 0 THEN 'in_progress' ELSE 'completed' END",
    completed_at: 'nullif(n * (n % 1000 > 0), 0)',
    updated_at: 'n',
    job_type: "CASE n % 1000 WHEN 1 THEN 'rare' ELSE 'import' END",
    tags: `CASE n % 1000 WHEN 2 THEN '["common", "rare"]' ELSE '["common"]' END`,
  });
  sql.exec(`INSERT INTO tombstone ${rowsTo(5_000, `printf('t%07d', n), 1, 1, ${start + DAY} + n`)}`);
  sql.exec(`INSERT INTO tombstone_0 ${rowsTo(5_000, `printf('u%07d', n), 1, 1, ${start + DAY} + n`)}`);
  sql.exec('INSERT INTO tombstone_period VALUES (0, ?)', start);
}
