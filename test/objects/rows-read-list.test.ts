import { DAY } from '../../src/domain/base/time';
import { CATEGORIES, STATUSES } from '../../src/domain/job/job';
import { LIST_ORDERS, type ListFilter, type ListOrder } from '../../src/domain/job/list-filter';
import { TYPES_COUNTED } from '../../src/domain/job/stats';
import { migrateByTable } from '../../src/objects/kit/migrate';
import { Tables } from '../../src/objects/kit/tables';
import type { ListPosition } from '../../src/objects/org-index/contract';
import { JobCounts } from '../../src/objects/org-index/job-counts';
import { JobHistory } from '../../src/objects/org-index/job-history';
import { OldSummaries } from '../../src/objects/org-index/old-summaries';
import { ORG_INDEX_MIGRATIONS } from '../../src/objects/org-index/org-index-schema';
import { PlaceReader } from '../../src/objects/org-index/place-reader';
import { StatsReader } from '../../src/objects/org-index/stats-reader';
import { SummaryList } from '../../src/objects/org-index/summary-list';
import { waysFor } from '../../src/objects/org-index/summary-walks';
import { shortestOf } from '../../src/objects/org-index/way-lengths';
import { fillIndex, LISTED, SUMMARY } from '../support/large-index';
import { insertOldSummary } from '../support/old-summaries';
import { holdsToBudgets } from '../support/rows-read';

const START = Date.UTC(2026, 0, 1);
const OLD = { created_at: 10, job_id: '00000010' };
/** A walk in the order of the answer ends with its limit. */
const IN_ORDER = { summary: 'in order, to the limit' };
const OLD_IN_ORDER = { summary_before: 'in order, to the limit' };
/** Two filters that thousands of jobs match, and no job both. */
const NEVER_BOTH: ListFilter = { name: 'Odd', triggered_by: 'eve' };
const EVERY_STATE: ListFilter = { status: [...STATUSES] };
const BYTES = 524_288;

holdsToBudgets(SummaryList, {
  namespace: 'ORG_INDEX',
  fill: (sql) => fillIndex(sql, START),
  open: (sql) => new SummaryList(sql, new Tables(sql)),
  budgets: {
    part: [
      { rows: 250, call: (list) => list.part({}, null, 51, BYTES), walks: IN_ORDER },
      { rows: 250, call: (list) => list.part({}, OLD, 51, BYTES) },
      { rows: 150, call: (list) => list.part({ status: ['in_progress'] }, null, 51, BYTES) },
      // A row by its index, and the row itself.
      { rows: 280, call: (list) => list.part({ status: ['completed'] }, OLD, 51, BYTES) },
      { rows: 360, call: (list) => list.part({ status: [...STATUSES] }, null, 51, BYTES) },
      { rows: 50, call: (list) => list.part({ job_type: 'none' }, null, 51, BYTES) },
      { rows: 280, call: (list) => list.part({ job_type: 'import' }, OLD, 51, BYTES) },
      { rows: 150, call: (list) => list.part({ job_type: 'rare' }, null, 51, BYTES) },
      { rows: 150, call: (list) => list.part({ job_types: ['rare', 'none'] }, null, 51, BYTES) },
      { rows: 40, call: (list) => list.part({ job_type: 'rare', job_types: ['import'] }, null, 51, BYTES) },
      { rows: 280, call: (list) => list.part({ tag: ['common'] }, OLD, 51, BYTES) },
      { rows: 150, call: (list) => list.part({ tag: ['rare'] }, null, 51, BYTES) },
      // Of two filters the one that few jobs match is walked, and 128 of the other are counted.
      { rows: 420, call: (list) => list.part({ job_type: 'import', tag: ['rare'] }, null, 51, BYTES) },
      { rows: 440, call: (list) => list.part({ job_type: 'rare', tag: ['common'] }, null, 51, BYTES) },
      { rows: 440, call: (list) => list.part({ tag: ['rare', 'common'] }, null, 51, BYTES) },
      { rows: 440, call: (list) => list.part({ job_type: 'rare', status: ['completed'] }, null, 51, BYTES) },
      { rows: 420, call: (list) => list.part({ status: ['in_progress'], tag: ['common'] }, null, 51, BYTES) },
      { rows: 300, call: (list) => list.part({ tag: ['none'], status: ['completed'] }, null, 51, BYTES) },
      // Where all are common and nothing matches, a part ends after 10,000 rows.
      { rows: 10_000, call: (list) => list.part(NEVER_BOTH, null, 51, BYTES) },
      { rows: 50, call: (list) => list.part({ triggered_by: 'none' }, null, 51, BYTES), walks: IN_ORDER },
      { rows: 250, call: (list) => list.part({}, null, 51, 5_000), walks: IN_ORDER },
    ],
    whole: { rows: 250, call: (list) => list.whole({}, null, 51), walks: IN_ORDER },
  },
});

/** Rows that a reader may read. Beyond that it reads what tells which way is the shortest, and the piece that it has begun. */
const FEW = 1_000;
const ALSO = 400;

holdsToBudgets(PlaceReader, {
  namespace: 'ORG_INDEX',
  fill: (sql) => fillIndex(sql, START),
  open: (sql) => new PlaceReader(sql, new OldSummaries(sql, new Tables(sql)), NEVER_BOTH, 'created_at', FEW),
  budgets: {
    read: [
      { rows: FEW + ALSO, call: (reader) => reader.read(null, 51) },
      { rows: FEW + ALSO, call: (reader) => reader.read({ created_at: LISTED / 2, job_id: '' }, 51) },
      { rows: 100, call: (reader) => reader.read(OLD, 51) },
    ],
  },
});

/** What one of many shards may read for a page of fifty, whose jobs it reads again. */
const OF_MANY = 500 - 3 * 51;
/** Common ones together, which no job matches. */
const SEVERAL: ListFilter = { ...NEVER_BOTH, tag: ['common'], job_type: 'import', ...EVERY_STATE };

for (const order of LIST_ORDERS) {
  holdsToBudgets(PlaceReader, {
    namespace: 'ORG_INDEX',
    fill: (sql) => fillIndex(sql, START),
    open: (sql) => new PlaceReader(sql, new OldSummaries(sql, new Tables(sql)), SEVERAL, order, OF_MANY),
    budgets: {
      // What tells which way is the shortest is among them.
      read: [
        { rows: OF_MANY + 60, call: (reader) => reader.read(null, 51) },
        { rows: OF_MANY + 60, call: (reader) => reader.read({ created_at: LISTED / 2, job_id: '' }, 51) },
      ],
    },
  });
}

/** Some thousands of jobs as the version before kept them. */
function fillOld(sql: SqlStorage): void {
  migrateByTable(sql, ORG_INDEX_MIGRATIONS, 7);
  for (let n = 1; n <= MOVING; n++) {
    insertOldSummary(sql, { ...SUMMARY, created_at: n, job_id: String(n).padStart(8, '0') });
  }
  migrateByTable(sql, ORG_INDEX_MIGRATIONS);
}
const MOVING = 3_000;

/** The first `count` of what is read as it is taken. */
function first<Value>(count: number, values: Iterator<Value, undefined>): void {
  for (let n = 0; n < count; n++) values.next();
}

holdsToBudgets(OldSummaries, {
  namespace: 'ORG_INDEX',
  fill: fillOld,
  open: (sql) => new OldSummaries(sql, new Tables(sql)),
  budgets: {
    table: { rows: 50, call: (old) => old.table },
    take: [
      { rows: 50, call: (old) => old.take(OLD) },
      { rows: 50, call: (old) => old.take({ ...OLD, job_id: 'unknown' }) },
    ],
    takeNewest: { rows: 450, call: (old) => old.takeNewest(100), walks: OLD_IN_ORDER },
    dropIfEmpty: { rows: 50, call: (old) => old.dropIfEmpty(), walks: OLD_IN_ORDER },
    places: [
      { rows: 160, call: (old) => first(50, old.places({}, null)) },
      { rows: 160, call: (old) => first(50, old.places({ job_type: 'none' }, OLD)) },
      { rows: 50, call: (old) => first(50, old.places({ created_after: MOVING }, null)) },
    ],
  },
});

/** Kinds that a shard counts at most: 200 types of four categories each, and those that share. */
const KINDS = 804;
/** What is said of all is read of every kind. */
const EACH_KIND = { job_count: 'every kind is asked for', recount: 'one row' };
const ENDED = {
  ...SUMMARY,
  status: 'completed',
  completed_at: START + 20 * DAY,
  duration_seconds: 3,
} as const;

/** Fills an index with jobs of as many types as have numbers of their own, which have ended on each of twenty days. */
function fillCounted(sql: SqlStorage): void {
  fillIndex(sql, START);
  for (let n = 2; n <= KINDS / 4; n++) {
    for (const category of CATEGORIES) {
      const type = n > TYPES_COUNTED ? '' : `type ${n}`;
      sql.exec('INSERT INTO job_count (job_type, category, since) VALUES (?, ?, 1)', type, category);
    }
  }
  const history = new JobHistory(sql, new JobCounts(sql, new Tables(sql)));
  for (let day = 0; day < 20; day++) {
    for (let n = 0; n < 60; n++) {
      history.moved('in_progress', { ...ENDED, job_type: 'import', completed_at: START + day * DAY + n });
    }
    history.write(START + day * DAY);
  }
}

holdsToBudgets(JobCounts, {
  namespace: 'ORG_INDEX',
  fill: fillCounted,
  open: (sql) => new JobCounts(sql, new Tables(sql)),
  budgets: {
    isBehind: { rows: 50, call: (counts) => counts.isBehind, walks: { recount: 'one row' } },
    // Every kind, and of each status so many entries.
    areRight: { rows: KINDS + 10_000 + 400, call: (counts) => counts.areRight, walks: EACH_KIND },
    forget: 'no SQL',
    kinds: [
      { rows: KINDS + 40, call: (counts) => counts.kinds({}), walks: EACH_KIND },
      { rows: KINDS + 40, call: (counts) => counts.kinds({ job_types: ['rare'] }), walks: EACH_KIND },
    ],
    numbersOf: { rows: 50, call: (counts) => counts.numbersOf('import') },
    isShared: { rows: 50, call: (counts) => counts.isShared('unheard of') },
    numberOf: { rows: 10, call: (counts) => counts.numberOf('import', 'sync') },
    recount: {
      rows: 3 * KINDS,
      call: (counts) => counts.recount(),
      walks: { ...EACH_KIND, summary: 'its last' },
    },
    count: [
      { rows: 10, call: (counts) => counts.count(), walks: { recount: 'one row' } },
      {
        rows: 3 * KINDS + 6_000,
        call: (counts) => {
          counts.recount();
          counts.count();
        },
        walks: { ...EACH_KIND, summary: 'its last' },
      },
    ],
  },
});

holdsToBudgets(JobHistory, {
  namespace: 'ORG_INDEX',
  fill: fillCounted,
  open: (sql) => new JobHistory(sql, new JobCounts(sql, new Tables(sql))),
  budgets: {
    moved: 'no SQL',
    write: {
      // The kind, its day, the newest day, and on a new day all that are kept.
      rows: 80,
      call: (history) => {
        history.moved('pending', { ...ENDED, job_type: 'import' });
        history.write(START + 20 * DAY);
      },
    },
    forget: 'no SQL',
    usual: { rows: 60, call: (history) => history.usual('import') },
    of: { rows: 20, call: (history) => history.of(1) },
  },
});

const SHOWN = Array.from({ length: 50 }, (_, n) => {
  return { ...SUMMARY, job_type: n % 2 ? 'import' : `type ${n}`, started_at: 1, updated_at: 1 };
});

holdsToBudgets(StatsReader, {
  namespace: 'ORG_INDEX',
  fill: fillCounted,
  open: (sql) => {
    const counts = new JobCounts(sql, new Tables(sql));
    return new StatsReader(sql, counts, new JobHistory(sql, counts));
  },
  budgets: {
    part: [
      { rows: 6 * KINDS, call: (reader) => reader.part({}, true, LISTED), walks: EACH_KIND },
      {
        rows: KINDS + 60,
        call: (reader) => reader.part({ without_ends: true }, true, LISTED),
        walks: EACH_KIND,
      },
      {
        rows: KINDS + 200,
        call: (reader) => reader.part({ job_types: ['import'] }, true, LISTED),
        walks: EACH_KIND,
      },
    ],
    paced: { rows: 400, call: (reader) => reader.paced(SHOWN, LISTED) },
  },
});

/** How the shortest way is chosen, as a list asks for it. */
function waysOver(sql: SqlStorage, rows = 10_000) {
  return (filter: ListFilter, order: ListOrder, before: ListPosition | null = null) =>
    shortestOf(sql, waysFor(filter, order), order, filter, before, rows);
}

holdsToBudgets(shortestOf, {
  namespace: 'ORG_INDEX',
  fill: (sql) => fillIndex(sql, START),
  open: (sql) => ({ shortestOf: waysOver(sql) }),
  budgets: {
    shortestOf: [
      // One way has to be taken, however long it is.
      { rows: 0, call: ({ shortestOf }) => shortestOf({}, 'updated_at') },
      { rows: 0, call: ({ shortestOf }) => shortestOf({ tag: ['common'] }, 'created_at') },
      { rows: 512, call: ({ shortestOf }) => shortestOf(NEVER_BOTH, 'created_at') },
      { rows: 512, call: ({ shortestOf }) => shortestOf(NEVER_BOTH, 'created_at', OLD) },
      // A way in another order is counted as far as it may be sorted.
      { rows: 1_300, call: ({ shortestOf }) => shortestOf({ tag: ['common'] }, 'updated_at') },
      { rows: 1_300, call: ({ shortestOf }) => shortestOf({ q: 'e' }, 'created_at'), walks: IN_ORDER },
      // Each state that a job may be in is looked at.
      { rows: 1_400, call: ({ shortestOf }) => shortestOf({ ...EVERY_STATE, name: 'Odd' }, 'created_at') },
    ],
  },
});
