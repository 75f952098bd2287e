import { STATUSES } from '../../domain/job/job';
import { SHARED, TYPES_COUNTED } from '../../domain/job/stats';

const ALL = STATUSES.join(', ');
const each = (of: (status: string) => string) => STATUSES.map(of).join(', ');
const is = (row: 'new' | 'old') => (status: string) => `${row}.status = '${status}'`;

/** The type under which a row is counted: its own where that has a number, and once it is counted it never changes. */
const typeOf = (row: 'new' | 'old') =>
  `CASE WHEN EXISTS (SELECT 1 FROM job_count WHERE job_type = ${row}.job_type) THEN ${row}.job_type ELSE '${SHARED}' END`;

/** Rows that wait to be counted are passed over: they are counted as they are then. */
const counted = (row: 'new' | 'old') =>
  `NOT EXISTS (SELECT 1 FROM recount WHERE ${row}.n > counted AND ${row}.n <= through)`;

/**
 * Adds jobs of a type, a category and a status each: a new type has a number of its own while there is one left,
 * and none any more once there was none.
 */
const adding = (type: string, category: string, since: string, counts: string) =>
  `INSERT INTO job_count (job_type, category, since, ${ALL})
    VALUES (
      CASE WHEN EXISTS (SELECT 1 FROM job_count WHERE job_type = ${type}) THEN ${type}
        WHEN EXISTS (SELECT 1 FROM job_count WHERE job_type = '${SHARED}') THEN '${SHARED}'
        WHEN (SELECT count(DISTINCT job_type) FROM job_count) < ${TYPES_COUNTED} THEN ${type} ELSE '${SHARED}' END,
      ${category}, ${since}, ${counts}
    )
    ON CONFLICT (job_type, category) DO UPDATE SET ${each((status) => `${status} = ${status} + excluded.${status}`)}`;
/** The same of jobs that were summed up: type, category, time of the first, and how many there are in each status. */
export const ADD_COUNTS = adding('?1', '?2', '?3', STATUSES.map((_, index) => `?${index + 4}`).join(', '));

const ADD = `${adding('new.job_type', 'new.category', 'new.created_at', each(is('new')))};`;
const TAKE = `UPDATE job_count SET ${each((status) => `${status} = ${status} - (${is('old')(status)})`)}
  WHERE job_type = ${typeOf('old')} AND category = old.category;`;
const MOVE = `UPDATE job_count SET
  ${each((status) => `${status} = ${status} + (${is('new')(status)}) - (${is('old')(status)})`)}
  WHERE job_type = ${typeOf('new')} AND category = new.category;`;
const SAME = 'new.job_type = old.job_type AND new.category = old.category';

/**
 * How many jobs there are of each type, category and status. Triggers count, so that whatever writes a summary is counted
 * in its own commit: a job that comes or goes or changes its status writes one row. `recount` has the rows that are not
 * counted yet: those behind `counted`, through `through`. `job_history` is a row for each of these kinds of jobs and each
 * day on which some ended, its key the kind's number times 65,536 and the day since 1970; what is older is together in day 0.
 */
export const COUNT_TABLES: readonly string[] = [
  `CREATE TABLE job_count (
    n INTEGER PRIMARY KEY, job_type TEXT NOT NULL, category TEXT NOT NULL, since INTEGER NOT NULL,
    ${each((status) => `${status} INTEGER NOT NULL DEFAULT 0`)}, UNIQUE (job_type, category)
  ) STRICT`,
  'CREATE TABLE recount (id INTEGER PRIMARY KEY, counted INTEGER NOT NULL, through INTEGER NOT NULL) STRICT',
  'INSERT INTO recount SELECT 1, 0, n FROM summary ORDER BY n DESC LIMIT 1',
  `CREATE TABLE job_history (id INTEGER PRIMARY KEY, hours TEXT NOT NULL, samples BLOB NOT NULL) STRICT`,
  `CREATE TRIGGER job_came AFTER INSERT ON summary WHEN ${counted('new')} BEGIN ${ADD} END`,
  `CREATE TRIGGER job_went AFTER DELETE ON summary WHEN ${counted('old')} BEGIN ${TAKE} END`,
  `CREATE TRIGGER job_moved AFTER UPDATE OF status ON summary
    WHEN new.status <> old.status AND ${SAME} AND ${counted('new')} BEGIN ${MOVE} END`,
  `CREATE TRIGGER job_turned AFTER UPDATE OF job_type, category ON summary
    WHEN NOT (${SAME}) AND ${counted('new')} BEGIN ${TAKE} ${ADD} END`,
];
