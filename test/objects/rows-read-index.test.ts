import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { type AuditRecord, SERVICE } from '../../src/domain/audit/audit-record';
import type { FeedBody } from '../../src/domain/feed/feed';
import { DAY, STATUSES } from '../../src/domain/job/job';
import { type Summary, summarize } from '../../src/domain/job/summary';
import { AuditStore } from '../../src/objects/kit/audit-store';
import { Tables } from '../../src/objects/kit/tables';
import { CreationStore } from '../../src/objects/org-index/creation-store';
import { FeedStore } from '../../src/objects/org-index/feed-store';
import { HeldJobs } from '../../src/objects/org-index/held-jobs';
import { OrgIndexStore } from '../../src/objects/org-index/org-index-store';
import { SubscriberStore } from '../../src/objects/org-index/subscriber-store';
import { SummaryList } from '../../src/objects/org-index/summary-list';
import { TombstoneStore } from '../../src/objects/org-index/tombstone-store';
import { freshJob } from '../support/arbitraries';
import { holdsToBudgets, read, rowsTo } from '../support/rows-read';

const START = Date.UTC(2026, 0, 1);
const FED = 20_000;
const LISTED = 20_000;
const EVENT = { revision: 1, at: START, body: { type: 'job.started' } as FeedBody };
const ENDPOINT = {
  type: 'endpoint.disabled',
  message: 'm',
  webhook_id: 'w',
  url: 'https://a.example',
} as const;

/** A feed of `rows`, in the first of its tables, in the middle of its turn. */
function fillFeed(sql: SqlStorage, rows: number): void {
  new OrgIndexStore(sql).prepare();
  const body = JSON.stringify({ type: 'job.progressed', job_type: 'import', pad: 'x'.repeat(400) });
  const period = 4_000;
  sql.exec(`INSERT INTO feed_${period % 4} ${rowsTo(rows, "n, n, 'j', 1, ?, NULL")}`, body);
  sql.exec('INSERT INTO feed_period (period, since) VALUES (?, ?)', period, START);
  sql.exec(`INSERT INTO endpoint ${rowsTo(1_000, "printf('w%06d', n), 1")}`);
}

holdsToBudgets(FeedStore, {
  namespace: 'ORG_INDEX',
  fill: (sql) => fillFeed(sql, FED),
  open: (sql) => new FeedStore(sql, 30),
  budgets: {
    append: { rows: 40, call: (feed) => feed.append('a', [EVENT], START + DAY) },
    appendOnce: { rows: 40, call: (feed) => feed.appendOnce('w', 1, START, ENDPOINT, START + DAY) },
    page: [
      { rows: 140, call: (feed) => feed.page({ after: FED - 1_000, limit: 100 }) },
      { rows: 60, call: (feed) => feed.page({ after: FED - 20, limit: 100, types: ['job.failed'] }) },
      { rows: 5_050, call: (feed) => feed.page({ after: 0, limit: 100, types: ['job.failed'] }) },
    ],
    head: { rows: 30, call: (feed) => feed.head() },
    bytes: { rows: 30, call: (feed) => feed.bytes() },
    takeFresh: 'no SQL',
    forget: 'no SQL',
  },
});

const RECORDS = 20_000;
const RECORD: AuditRecord = {
  at: RECORDS + 1,
  ...SERVICE,
  action: 'job.cancel',
  target: { type: 'job', id: 'j' },
  outcome: 'done',
};

holdsToBudgets(AuditStore, {
  namespace: 'ORG_INDEX',
  fill: (sql) => {
    new OrgIndexStore(sql).prepare();
    new AuditStore(sql, new Tables(sql)).append({ ...RECORD, at: 1 }, 1);
    sql.exec(`INSERT INTO audit_0 ${rowsTo(RECORDS, 'n, n, ?', 2)}`, JSON.stringify(RECORD));
    sql.exec('UPDATE audit_period SET numbered = ?', RECORDS);
  },
  open: (sql) => new AuditStore(sql, new Tables(sql)),
  budgets: {
    append: { rows: 50, call: (store) => store.append(RECORD, 1) },
    take: { rows: 50, call: (store) => store.take([JSON.stringify({ ...RECORD, at: 7 })], 1) },
    expire: { rows: 50, call: (store) => store.expire(1) },
    page: [
      { rows: 180, call: (store) => store.page({ before: null, limit: 100 }, RECORDS) },
      { rows: 180, call: (store) => store.page({ before: { at: 9_000, n: 9_000 }, limit: 100 }, RECORDS) },
      // A filter that lets nothing through looks at so many and no more.
      { rows: 1_400, call: (store) => store.page({ before: null, limit: 100, actor: 'nobody' }, RECORDS) },
      { rows: 60, call: (store) => store.page({ before: null, limit: 100, from: RECORDS - 5 }, RECORDS) },
    ],
    forget: 'no SQL',
  },
});

describe('an old feed', () => {
  /** Rows read by one append and one page over a feed of `rows`. */
  async function cost(rows: number): Promise<number[]> {
    const stub = env.ORG_INDEX.getByName(`old-feed-${rows}/0`);
    return runInDurableObject(stub, (_index, { storage }) =>
      storage.transactionSync(() => {
        fillFeed(storage.sql, rows);
        const append = (sql: SqlStorage) => new FeedStore(sql, 30).append('a', [EVENT], START + DAY);
        const page = (sql: SqlStorage) => new FeedStore(sql, 30).page({ after: rows - 5, limit: 100 });
        return [append, page].map((work) => read(storage.sql, work).rows);
      }),
    );
  }

  it('an append to it, and a page of it, read no more rows than of a young one', async () => {
    expect(await cost(100_000)).toEqual(await cost(100));
  });
});

const SUMMARY: Summary = {
  ...summarize(freshJob()),
  job_id: 'new',
  status: 'in_progress',
  created_at: LISTED + 1,
};
/** A walk in the order of the answer ends with its limit. */
const IN_ORDER = { summary: 'in order, to the limit' };
const MARKS = { through: 1, progressed_at: 0, told: {} };
const OLD = { created_at: 10, job_id: '00000010' };

/**
 * 20,000 jobs, one in a thousand under way, of a rare type, or with a rare tag beside the common one; and twice 5,000 deleted
 * ones: some as the version before kept them.
 */
function fillIndex(sql: SqlStorage): void {
  new OrgIndexStore(sql).prepare();
  const status = "CASE n % 1000 WHEN 0 THEN 'in_progress' ELSE 'completed' END";
  const type = "CASE n % 1000 WHEN 1 THEN 'rare' ELSE 'import' END";
  const tags = `CASE n % 1000 WHEN 2 THEN '["common", "rare"]' ELSE '["common"]' END`;
  sql.exec(
    `INSERT INTO summary (created_at, job_id, revision, through, status, job_type, category, triggered_by, tags, body, told)
      ${rowsTo(LISTED, `n, printf('%08d', n), 3, 3, ${status}, ${type}, 'sync', NULL, ${tags}, ?, '{}'`)}`,
    JSON.stringify({ ...SUMMARY, pad: 'x'.repeat(600) }),
  );
  sql.exec(`INSERT INTO tombstone ${rowsTo(5_000, `printf('t%07d', n), 1, 1, ${START + DAY} + n`)}`);
  sql.exec(`INSERT INTO tombstone_0 ${rowsTo(5_000, `printf('u%07d', n), 1, 1, ${START + DAY} + n`)}`);
  sql.exec('INSERT INTO tombstone_period VALUES (0, ?)', START);
}

holdsToBudgets(CreationStore, {
  namespace: 'ORG_INDEX',
  fill: fillIndex,
  open: (sql) => new CreationStore(sql, new Tables(sql)),
  budgets: {
    // Each that is alive, and each that was made lately.
    alive: { rows: LISTED / 1_000 + 40, call: (store) => store.alive() },
    madeSince: { rows: 120, call: (store) => store.madeSince(LISTED - 100) },
    bytes: { rows: 10, call: (store) => store.bytes() },
  },
});

holdsToBudgets(OrgIndexStore, {
  namespace: 'ORG_INDEX',
  fill: fillIndex,
  open: (sql) => new OrgIndexStore(sql),
  budgets: {
    prepare: { rows: 30, call: (store) => store.prepare() },
    forget: 'no SQL',
    kept: [
      { rows: 1, call: (store) => store.kept(OLD, START) },
      { rows: 2, call: (store) => store.kept({ created_at: 1, job_id: 't0000007' }, START) },
      { rows: 2, call: (store) => store.kept({ created_at: 1, job_id: 'u0000007' }, START) },
      { rows: 1, call: (store) => store.kept({ created_at: 1, job_id: 'unknown' }, START) },
    ],
    insert: { rows: 2, call: (store) => store.insert(SUMMARY, MARKS) },
    update: [
      { rows: 2, call: (store) => store.update({ ...SUMMARY, ...OLD }, MARKS, 'in_progress') },
      { rows: 2, call: (store) => store.update({ ...SUMMARY, ...OLD }, MARKS, 'completed') },
    ],
    advance: { rows: 2, call: (store) => store.advance(OLD, MARKS) },
    remove: [
      { rows: 7, call: (store) => store.remove(OLD, 4, 4, START) },
      { rows: 100, call: (store) => store.remove(OLD, 4, 4, START + 60 * DAY) },
    ],
  },
});

const BYTES = 524_288;

holdsToBudgets(SummaryList, {
  namespace: 'ORG_INDEX',
  fill: fillIndex,
  open: (sql) => new SummaryList(sql, new Tables(sql)),
  budgets: {
    part: [
      { rows: 80, call: (list) => list.part({}, null, 51, BYTES), walks: IN_ORDER },
      { rows: 80, call: (list) => list.part({}, OLD, 51, BYTES) },
      { rows: 80, call: (list) => list.part({ status: ['in_progress'] }, null, 51, BYTES) },
      // A row by its index, and the row itself.
      { rows: 140, call: (list) => list.part({ status: ['completed'] }, OLD, 51, BYTES) },
      { rows: 140, call: (list) => list.part({ status: [...STATUSES] }, null, 51, BYTES) },
      { rows: 25, call: (list) => list.part({ job_type: 'none' }, null, 51, BYTES) },
      { rows: 140, call: (list) => list.part({ job_type: 'import' }, OLD, 51, BYTES) },
      { rows: 60, call: (list) => list.part({ job_type: 'rare' }, null, 51, BYTES) },
      { rows: 80, call: (list) => list.part({ job_types: ['rare', 'none'] }, null, 51, BYTES) },
      { rows: 25, call: (list) => list.part({ job_type: 'rare', job_types: ['import'] }, null, 51, BYTES) },
      { rows: 160, call: (list) => list.part({ tag: ['common'] }, OLD, 51, BYTES) },
      { rows: 80, call: (list) => list.part({ tag: ['rare'] }, null, 51, BYTES) },
      // Of two filters the one that few jobs match is walked, and 128 of the other are counted.
      { rows: 260, call: (list) => list.part({ job_type: 'import', tag: ['rare'] }, null, 51, BYTES) },
      { rows: 260, call: (list) => list.part({ job_type: 'rare', tag: ['common'] }, null, 51, BYTES) },
      { rows: 260, call: (list) => list.part({ tag: ['rare', 'common'] }, null, 51, BYTES) },
      { rows: 260, call: (list) => list.part({ job_type: 'rare', status: ['completed'] }, null, 51, BYTES) },
      { rows: 260, call: (list) => list.part({ status: ['in_progress'], tag: ['common'] }, null, 51, BYTES) },
      { rows: 160, call: (list) => list.part({ tag: ['none'], status: ['completed'] }, null, 51, BYTES) },
      // Where all are common and nothing matches, a part ends after 5,000 jobs.
      { rows: 5_260, call: (list) => list.part({ triggered_by: 'none' }, null, 51, BYTES), walks: IN_ORDER },
      {
        rows: 15_900,
        call: (list) =>
          list.part({ tag: ['common'], triggered_by: 'none', job_type: 'import' }, null, 51, BYTES),
      },
      { rows: 30, call: (list) => list.part({}, null, 51, 5_000), walks: IN_ORDER },
    ],
    whole: { rows: 80, call: (list) => list.whole({}, null, 51), walks: IN_ORDER },
  },
});

holdsToBudgets(HeldJobs, {
  namespace: 'ORG_INDEX',
  fill: fillIndex,
  open: (sql) => new HeldJobs(sql, new Tables(sql)),
  budgets: {
    some: { rows: 30, call: (held) => held.some },
    first: { rows: 60, call: (held) => held.first(50), walks: IN_ORDER },
    forget: {
      rows: 12,
      call: (held) =>
        held.forget([
          { job_id: 'u0000007', created_at: null },
          { job_id: 'x', created_at: START },
        ]),
    },
  },
});

holdsToBudgets(TombstoneStore, {
  namespace: 'ORG_INDEX',
  fill: fillIndex,
  open: (sql) => new TombstoneStore(sql, 30),
  budgets: {
    get: { rows: 2, call: (store) => store.get('u0000007', START) },
    put: { rows: 3, call: (store) => store.put('new', { revision: 1, through: 1 }, START) },
    forget: 'no SQL',
  },
});

holdsToBudgets(SubscriberStore, {
  namespace: 'ORG_INDEX',
  fill: (sql) => {
    new OrgIndexStore(sql).prepare();
    sql.exec(`INSERT INTO subscriber ${rowsTo(20, "printf('w%06d', n), 0")}`);
    sql.exec('INSERT INTO subscriber_source VALUES (1)');
  },
  open: (sql) => new SubscriberStore(sql),
  budgets: {
    all: {
      rows: 45,
      call: (store) => store.all(),
      walks: { subscriber: 'all are asked for', subscriber_source: 'one row' },
    },
    forget: 'no SQL',
    source: { rows: 3, call: (store) => store.source(['a', 'b'], 1) },
    add: { rows: 2, call: (store) => store.add('c', false) },
    followProgress: {
      rows: 45,
      call: (store) => store.followProgress,
      walks: { subscriber: 'all are asked for', subscriber_source: 'one row' },
    },
    knows: {
      rows: 45,
      call: (store) => store.knows('w000003', false),
      walks: { subscriber: 'all are asked for', subscriber_source: 'one row' },
    },
    remove: { rows: 2, call: (store) => store.remove('w000003') },
  },
});
