import type { Summary } from '../../src/domain/job/summary';

/** Adds a job to an index as builds did that kept summaries as they are. */
export function insertOldSummary(sql: SqlStorage, summary: Summary): void {
  const { created_at, job_id, revision, status, job_type, category, triggered_by, tags } = summary;
  sql.exec(
    `INSERT INTO summary (created_at, job_id, revision, through, status, job_type, category, triggered_by, tags, body)
      VALUES (?, ?, ?, 1, ?, ?, ?, ?, ?, ?)`,
    ...[created_at, job_id, revision, status, job_type, category, triggered_by],
    ...[JSON.stringify(tags), JSON.stringify(summary)],
  );
}
