import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { type AuditRecord, SERVICE } from '../../src/domain/audit/audit-record';
import { DAY } from '../../src/domain/base/time';
import type { FeedBody } from '../../src/domain/feed/feed';
import { AuditStore } from '../../src/objects/kit/audit-store';
import { Tables } from '../../src/objects/kit/tables';
import { CreationStore } from '../../src/objects/org-index/creation-store';
import { FeedStore } from '../../src/objects/org-index/feed-store';
import { HeldJobs } from '../../src/objects/org-index/held-jobs';
import { OrgIndexStore } from '../../src/objects/org-index/org-index-store';
import { RepairStore } from '../../src/objects/org-index/repair-store';
import { SubscriberStore } from '../../src/objects/org-index/subscriber-store';
import { TombstoneStore } from '../../src/objects/org-index/tombstone-store';
import { fillIndex, LISTED, SUMMARY } from '../support/large-index';
import { holdsToBudgets, read, rowsTo } from '../support/rows-read';

const START = Date.UTC(2026, 0, 1);
const FED = 20_000;
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
    append: { rows: 60, call: (feed) => feed.append('a', [EVENT], START + DAY) },
    appendOnce: { rows: 60, call: (feed) => feed.appendOnce('w', 1, START, ENDPOINT, START + DAY) },
    page: [
      { rows: 160, call: (feed) => feed.page({ after: FED - 1_000, limit: 100 }) },
      { rows: 80, call: (feed) => feed.page({ after: FED - 20, limit: 100, types: ['job.failed'] }) },
      { rows: 5_060, call: (feed) => feed.page({ after: 0, limit: 100, types: ['job.failed'] }) },
    ],
    head: { rows: 55, call: (feed) => feed.head() },
    bytes: { rows: 50, call: (feed) => feed.bytes() },
    hold: { rows: 80, call: (feed) => feed.hold(100_000) },
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
    take: { rows: 60, call: (store) => store.take([JSON.stringify({ ...RECORD, at: 7 })], 1) },
    expire: { rows: 50, call: (store) => store.expire(1) },
    page: [
      { rows: 190, call: (store) => store.page({ before: null, limit: 100 }, RECORDS) },
      { rows: 190, call: (store) => store.page({ before: { at: 9_000, n: 9_000 }, limit: 100 }, RECORDS) },
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

/** A walk in the order of the answer ends with its limit. */
const IN_ORDER = { summary: 'in order, to the limit' };
const MARKS = { through: 1, progressed_at: 0, told: {}, updated_at: 0 };
const KNOWN = { health: 'ok', updated_at: 0 } as const;
const OLD = { created_at: 10, job_id: '00000010' };

holdsToBudgets(CreationStore, {
  namespace: 'ORG_INDEX',
  fill: (sql) => fillIndex(sql, START),
  open: (sql) => new CreationStore(sql, new Tables(sql)),
  budgets: {
    // Each that is alive, and each that was made lately.
    alive: { rows: LISTED / 1_000 + 50, call: (store) => store.alive() },
    aliveOf: { rows: 2 * (LISTED / 1_000) + 50, call: (store) => store.aliveOf(['rare']) },
    madeSince: { rows: 150, call: (store) => store.madeSince(LISTED - 100) },
    bytes: { rows: 10, call: (store) => store.bytes() },
  },
});

holdsToBudgets(OrgIndexStore, {
  namespace: 'ORG_INDEX',
  fill: (sql) => fillIndex(sql, START),
  open: (sql) => new OrgIndexStore(sql),
  budgets: {
    // The names of the tables among it, once for an instance.
    prepare: { rows: 90, call: (store) => store.prepare() },
    forget: 'no SQL',
    isBuried: { rows: 20, call: (store) => store.isBuried('t0000009', START) },
    kept: [
      { rows: 2, call: (store) => store.kept(OLD, START) },
      { rows: 50, call: (store) => store.kept({ created_at: 1, job_id: 't0000007' }, START) },
      { rows: 50, call: (store) => store.kept({ created_at: 1, job_id: 'u0000007' }, START) },
      { rows: 50, call: (store) => store.kept({ created_at: 1, job_id: 'unknown' }, START) },
    ],
    insert: { rows: 8, call: (store) => store.insert(SUMMARY, MARKS) },
    update: [
      {
        rows: 6,
        call: (store) => store.update({ ...SUMMARY, ...OLD }, MARKS, { ...KNOWN, status: 'in_progress' }),
      },
      {
        // That it has ended is counted.
        rows: 7,
        call: (store) => store.update({ ...SUMMARY, ...OLD }, MARKS, { ...KNOWN, status: 'completed' }),
      },
    ],
    restate: { rows: 4, call: (store) => store.restate({ ...SUMMARY, ...OLD, last_message: 'x' }) },
    advance: { rows: 4, call: (store) => store.advance(OLD, MARKS, { ...KNOWN, status: null }) },
    isMoving: { rows: 40, call: (store) => store.isMoving },
    move: { rows: 40, call: (store) => store.move(100) },
    remove: [
      { rows: 70, call: (store) => store.remove(OLD, 4, 4, START) },
      { rows: 240, call: (store) => store.remove(OLD, 4, 4, START + 60 * DAY) },
    ],
  },
});

holdsToBudgets(HeldJobs, {
  namespace: 'ORG_INDEX',
  fill: (sql) => fillIndex(sql, START),
  open: (sql) => new HeldJobs(sql, new Tables(sql)),
  budgets: {
    some: { rows: 50, call: (held) => held.some },
    first: { rows: 90, call: (held) => held.first(50), walks: IN_ORDER },
    forget: {
      rows: 50,
      call: (held) =>
        held.forget([
          { job_id: 'u0000007', created_at: null },
          { job_id: 'x', created_at: START },
        ]),
    },
  },
});

const ENTRY = { ...OLD, n: 10 };

holdsToBudgets(RepairStore, {
  namespace: 'ORG_INDEX',
  fill: (sql) => {
    fillIndex(sql, START);
    fillFeed(sql, FED);
    new RepairStore(sql, new Tables(sql)).keepPlan({ due_at: 1, n: 1 });
  },
  open: (sql) => new RepairStore(sql, new Tables(sql)),
  budgets: {
    entries: [
      { rows: 100, call: (store) => store.entries(0, 100) },
      { rows: 100, call: (store) => store.entries(LISTED - 200, 100) },
    ],
    entriesOf: [
      { rows: 2, call: (store) => store.entriesOf(OLD.job_id) },
      { rows: 1, call: (store) => store.entriesOf('unknown') },
    ],
    told: [
      { rows: 300, call: (store) => store.told(Number.MAX_SAFE_INTEGER, 100) },
      { rows: 300, call: (store) => store.told(FED / 2, 100) },
      { rows: 10, call: (store) => store.told(1, 100) },
    ],
    drop: [
      { rows: 25, call: (store) => store.drop(ENTRY, null) },
      { rows: 35, call: (store) => store.drop(ENTRY, SUMMARY) },
    ],
    // Three states of health, for each of two of the job's.
    someUnfinished: { rows: 6, call: (store) => store.someUnfinished },
    plan: { rows: 50, call: (store) => store.plan(), walks: { sweep: 'one row' } },
    keepPlan: [
      { rows: 2, call: (store) => store.keepPlan({ due_at: 2, n: 2 }) },
      { rows: 2, call: (store) => store.keepPlan(null), walks: { sweep: 'one row' } },
    ],
  },
});

holdsToBudgets(TombstoneStore, {
  namespace: 'ORG_INDEX',
  fill: (sql) => fillIndex(sql, START),
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
      rows: 70,
      call: (store) => store.all(),
      walks: { subscriber: 'all are asked for', subscriber_source: 'one row' },
    },
    forget: 'no SQL',
    source: { rows: 3, call: (store) => store.source(['a', 'b'], 1) },
    add: { rows: 2, call: (store) => store.add('c', false) },
    followProgress: {
      rows: 70,
      call: (store) => store.followProgress,
      walks: { subscriber: 'all are asked for', subscriber_source: 'one row' },
    },
    knows: {
      rows: 70,
      call: (store) => store.knows('w000003', false),
      walks: { subscriber: 'all are asked for', subscriber_source: 'one row' },
    },
    remove: { rows: 2, call: (store) => store.remove('w000003') },
  },
});
