/** The table that versions with another form of summaries wrote. Its rows move to `summary`, the newest first. */
export const OLD_SUMMARIES = 'summary_before';

/**
 * What a job is found by beside its columns, a row each in `summary_term`. None changes in its life. A rerun is found by the
 * job it does again and by the first of its chain under one word: mostly these are the same.
 */
export const TERMS = { type: 'type=', who: 'who=', tag: 'tag=', parent: 'parent=', again: 'again=' } as const;

/** The terms of the row `row`, as SQL: those of its columns, those of its tags. A row that an older build has written says in its body of which chain it is. */
function termsOf(row: 'new' | 'old'): string[] {
  const ofBody = (field: string) =>
    `CASE WHEN ${row}.body LIKE '{%' THEN json_extract(${row}.body, '$.${field}') END`;
  const again = (field: string) => `nullif(coalesce(${row}.${field}, ${ofBody(field)}), ${row}.job_id)`;
  const own = [
    `'${TERMS.type}' || ${row}.job_type`,
    `'${TERMS.who}' || ${row}.triggered_by`,
    `'${TERMS.parent}' || ${row}.parent_job_id`,
    ...['rerun_of', 'root_job_id'].map((field) => `'${TERMS.again}' || ${again(field)}`),
  ];
  return [
    `SELECT value FROM json_each(json_array(${own.join(', ')})) WHERE value IS NOT NULL`,
    `SELECT '${TERMS.tag}' || value FROM json_each(${row}.tags)`,
  ];
}

/** Of a summary as an older build writes it, should one run again: the columns that it does not know. */
const OF_BODY = `UPDATE summary SET
    name = coalesce(json_extract(new.body, '$.name'), name),
    health = coalesce(json_extract(new.body, '$.health'), health),
    completed_at = json_extract(new.body, '$.completed_at'),
    updated_at = max(updated_at, coalesce(json_extract(new.body, '$.last_report_at'), created_at)),
    rerun_of = json_extract(new.body, '$.rerun_of'),
    root_job_id = nullif(json_extract(new.body, '$.root_job_id'), job_id)
  WHERE n = new.n`;

/**
 * The summaries: a row fits a page of the database, whatever the job is called, and progress touches no index. Of `n` the
 * indexes are made, for it is short. `updated_at` is the last change of status, stage or health; that of an ended job is
 * `completed_at`. `root_job_id` is null of a job that is its own.
 */
export const SUMMARY_TABLE: readonly string[] = [
  `ALTER TABLE summary RENAME TO ${OLD_SUMMARIES}`,
  `CREATE TABLE summary (
    n INTEGER PRIMARY KEY, job_id TEXT NOT NULL, created_at INTEGER NOT NULL, revision INTEGER NOT NULL,
    through INTEGER NOT NULL, status TEXT NOT NULL, health TEXT NOT NULL DEFAULT 'ok', category TEXT NOT NULL,
    job_type TEXT NOT NULL, name TEXT NOT NULL DEFAULT '', triggered_by TEXT, tags TEXT NOT NULL, completed_at INTEGER,
    updated_at INTEGER NOT NULL DEFAULT 0, parent_job_id TEXT, rerun_of TEXT, root_job_id TEXT,
    progressed_at INTEGER NOT NULL DEFAULT 0, told TEXT, body TEXT NOT NULL
  ) STRICT`,
  'CREATE INDEX summary_by_id ON summary (job_id)',
  'CREATE INDEX summary_by_time ON summary (created_at)',
  'CREATE INDEX summary_by_state ON summary (status, health, category, created_at)',
  'CREATE INDEX summary_by_change ON summary (completed_at, updated_at)',
  'CREATE INDEX summary_by_name ON summary (name COLLATE NOCASE, created_at)',
  `CREATE TABLE summary_term (
    term TEXT NOT NULL, created_at INTEGER NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (term, created_at, n)
  ) STRICT, WITHOUT ROWID`,
  `CREATE TRIGGER summary_entered AFTER INSERT ON summary BEGIN
    ${termsOf('new')
      .map((terms) => `INSERT OR IGNORE INTO summary_term SELECT *, new.created_at, new.n FROM (${terms});`)
      .join('\n')}
  END`,
  `CREATE TRIGGER summary_left AFTER DELETE ON summary BEGIN
    ${termsOf('old')
      .map(
        (terms) =>
          `DELETE FROM summary_term WHERE created_at = old.created_at AND n = old.n AND term IN (${terms});`,
      )
      .join('\n')}
  END`,
  `CREATE TRIGGER summary_entered_before AFTER INSERT ON summary WHEN new.body LIKE '{%' BEGIN ${OF_BODY}; END`,
  `CREATE TRIGGER summary_changed_before AFTER UPDATE OF body ON summary WHEN new.body LIKE '{%' BEGIN ${OF_BODY}; END`,
];
