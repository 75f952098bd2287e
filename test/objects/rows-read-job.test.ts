import { type AuditRecord, SERVICE } from '../../src/domain/audit/audit-record';
import type { EntryKind } from '../../src/domain/job/draft';
import { newJob, seedFrom } from '../../src/domain/job/new-job';
import { BulkStore } from '../../src/objects/bulk/bulk-store';
import type { BulkPlace, BulkSpec } from '../../src/objects/bulk/contract';
import { CarriedRecords } from '../../src/objects/job/carried-records';
import { EntryRoom } from '../../src/objects/job/entry-room';
import { EntryStore } from '../../src/objects/job/entry-store';
import { RINGS, SEALED_KEYS_TABLE, TOMBSTONE_TABLE } from '../../src/objects/job/job-schema';
import { JobStore } from '../../src/objects/job/job-store';
import { NO_MARKS } from '../../src/objects/job/publisher';
import { SealedKeyStore } from '../../src/objects/job/sealed-key-store';
import { Tables } from '../../src/objects/kit/tables';
import { holdsToBudgets, rowsTo } from '../support/rows-read';

const START = Date.UTC(2026, 0, 1);
/** Every ring has gone round once and a half. */
const TOTALS: Record<EntryKind, number> = { error: 1_500, warning: 1_500, log: 15_000, event: 3_072 };
const KINDS = Object.keys(RINGS) as EntryKind[];
const SEED = seedFrom({ job_type: 'import', total_items: 1 });
if ('code' in SEED) throw new Error(SEED.detail);
const CHANGE = newJob('j', 'o', SEED, START);
const BOOKS = {
  ...NO_MARKS,
  ...{ deleted_at: null, keys: null, keys_total: 0 },
  ...{ created_key: null, created_digest: null },
};
const JOB = CHANGE.job;
const NOTHING = { stored: null, takenUntil: null };
const REVISION = Math.max(...Object.values(TOTALS));

/** A job whose rings are full, with 10,000 tracked entities, full idempotency records and items of its own. */
function fill(sql: SqlStorage): void {
  const items = Array.from({ length: 5_000 }, (_, n) => ({
    ...({ kind: 'error', entity_type: 'row' } as const),
    entity_key: `row-${n}`,
  }));
  new JobStore(sql).create({ ...CHANGE, entries: [] }, BOOKS, items, NOTHING);
  for (const kind of KINDS) {
    const { base, slots } = RINGS[kind];
    sql.exec(
      `INSERT INTO entry ${rowsTo(TOTALS[kind], `${base} + n % ${slots}, n, n, 0, ${START} + n, ?`, TOTALS[kind] - slots + 1)}`,
      JSON.stringify({ level: 'info', message: 'A line of some length, as lines are.', error_type: 't' }),
    );
  }
  const tracked = { ...JOB, failed_entities: 10_001 };
  new JobStore(sql).save(JOB, { job: tracked, entries: [], entities: items.slice(0, 1) }, BOOKS);
  sql.exec(`INSERT INTO entity ${rowsTo(10_000, "'error', 'row', printf('e%06d', n)")}`);
  sql.exec(SEALED_KEYS_TABLE);
  sql.exec(`INSERT INTO sealed_keys ${rowsTo(31, 'n, zeroblob(1280)')}`);
  sql.exec(TOMBSTONE_TABLE);
}

const PAGE = { rows: 50, bytes: 524_288, scan: 1_000 };
/** A cursor's place in the log, as a page leaves it. */
const SEEN = { revision: 1_300, k: 0, passed: { error: 1_300, warning: 1_300, log: 14_000, event: 1_300 } };
/** A cursor of an older build knows no ordinals: each kind is searched for its place. */
const SEEKS = 110;

holdsToBudgets(JobStore, {
  namespace: 'JOB',
  fill,
  open: (sql) => new JobStore(sql),
  budgets: {
    entries: 'no SQL',
    children: 'no SQL',
    load: { rows: 20, call: (store) => store.load() },
    loadToChange: { rows: 20, call: (store) => store.loadToChange() },
    find: { rows: 25, call: (store) => store.find(), walks: { tombstone: 'one row' } },
    jobId: { rows: 20, call: (store) => store.jobId },
    position: { rows: 10, call: (store) => store.position() },
    create: {
      rows: 30,
      call: (store) => {
        store.bury(START);
        store.create({ ...CHANGE, entries: [] }, BOOKS, [], { stored: null, takenUntil: START });
      },
      walks: { tombstone: 'one row' },
    },
    save: { rows: 2, call: (store) => store.save(JOB, { ...CHANGE, entries: [], entities: [] }, BOOKS) },
    mark: { rows: 2, call: (store) => store.mark({ job: JOB, books: BOOKS }, NO_MARKS) },
    seen: {
      rows: 10,
      call: (store) => store.seen({ kind: 'error', entity_type: 'row', entity_key: 'e000007' }),
    },
    failedEntities: { rows: 10_010, call: (store) => store.failedEntities() },
    createdMetadata: { rows: 2, call: (store) => store.createdMetadata() },
    items: { rows: 3, call: (store) => store.items(4_000, 101) },
    tokenGeneration: { rows: 10, call: (store) => store.tokenGeneration() },
    setTokenGeneration: { rows: 1, call: (store) => store.setTokenGeneration(JOB, 2, START) },
    sealedKeys: 'no SQL',
    bury: { rows: 25, call: (store) => store.bury(START) },
    tombstone: { rows: 10, call: (store) => store.tombstone(), walks: { tombstone: 'one row' } },
    forget: 'no SQL',
    carried: 'no SQL',
  },
});

const RECORD: AuditRecord = {
  at: START,
  ...SERVICE,
  ...{ action: 'job.cancel', target: { type: 'job', id: 'j' }, outcome: 'done' },
};

holdsToBudgets(CarriedRecords, {
  namespace: 'JOB',
  fill: (sql) => {
    fill(sql);
    for (let n = 0; n < 100; n++) new CarriedRecords(sql, new EntryStore(sql)).add({ ...RECORD, at: n }, 1);
  },
  open: (sql) => new CarriedRecords(sql, new EntryStore(sql)),
  budgets: {
    any: { rows: 2, call: (store) => store.any },
    none: 'no SQL',
    forget: 'no SQL',
    add: { rows: 6, call: (store) => store.add(RECORD, 1) },
    oldest: { rows: 60, call: (store) => store.oldest(50) },
    confirm: { rows: 220, call: (store) => store.confirm(50) },
  },
});

holdsToBudgets(SealedKeyStore, {
  namespace: 'JOB',
  fill,
  open: (sql) => new SealedKeyStore(sql),
  budgets: {
    read: {
      rows: 45,
      call: (store) => store.read(1_000),
      walks: { sealed_keys: 'all are asked for' },
    },
    write: {
      rows: 10,
      call: (store) =>
        store.write({ keys: null, keys_total: 32, sealed: [{ slot: 1, records: new Uint8Array(40) }] }),
    },
  },
});

holdsToBudgets(EntryStore, {
  namespace: 'JOB',
  fill,
  open: (sql) => new EntryStore(sql),
  budgets: {
    append: {
      rows: 2,
      call: (store) =>
        store.append([{ kind: 'log', n: 15_001, revision: 1, k: 0, at: START, body: {} } as never]),
    },
    put: { rows: 2, call: (store) => store.put(RINGS.log.base, 1, 1, 0, START, '{}') },
    bodyAt: { rows: 1, call: (store) => store.bodyAt(RINGS.log.base) },
    revisionAt: { rows: 1, call: (store) => store.revisionAt(RINGS.log.base) },
    since: { rows: 20, call: (store) => store.since(TOTALS, REVISION - 5) ?? [] },
    newest: { rows: 110, call: (store) => store.newest('error', TOTALS.error, 100, 262_144) },
    eventsAfter: { rows: 210, call: (store) => store.eventsAfter(TOTALS.event - 200, TOTALS.event, 200) },
    page: [
      { rows: 60, call: (store) => store.page('error', TOTALS.error, TOTALS.error - 60, PAGE, {}) },
      { rows: 1_020, call: (store) => store.page('error', TOTALS.error, 0, PAGE, { error_type: 'none' }) },
    ],
    logPage: [
      { rows: 130, call: (store) => store.logPage(TOTALS, SEEN, PAGE, {}) },
      { rows: 100 + SEEKS, call: (store) => store.logPage(TOTALS, { revision: 1_300, k: 0 }, PAGE, {}) },
      {
        rows: 1_010 + SEEKS,
        call: (store) => store.logPage(TOTALS, { revision: 0, k: -1 }, PAGE, { q: 'nowhere' }),
      },
    ],
    newestLines: { rows: 1_030, call: (store) => store.newestLines(TOTALS, 1_000, 524_288) },
  },
});

holdsToBudgets(EntryRoom, {
  namespace: 'JOB',
  fill,
  open: (sql) => new EntryRoom(sql),
  budgets: {
    // Looked for by halves once; then one for each that goes.
    of: {
      rows: 24,
      call: (room) => room.of({ ...JOB, log_entries_total: 15_000 }, 1).take('log', 15_001, 100),
    },
    forget: 'no SQL',
  },
});

const IDS = Array.from({ length: 1_000 }, (_, n) => `00000000-0000-8000-8000-${String(n).padStart(12, '0')}`);
const SPEC: BulkSpec = {
  ...{ job_id: 'b', operation: 'cancel', reason: null, items: 'all', shown: '{}' },
  ...{ filter: null, ids: IDS, total: IDS.length, key: { key: '00', body: '00' } },
  by: { actor: { kind: 'key', id: 'k' }, name: 'K', permissions: [], job_types: null, tag: null },
  trace: { actor: { type: 'key', id: 'k', name: 'K' }, request_id: 'r', address: null, user_agent: null },
};
const PLACE: BulkPlace = {
  ...{ n: 5, next: 500, page: IDS.slice(0, 100), tries: 0, last: false },
  ...{ done: 400, failed: 0, failures: [] },
};
const ONE_ROW = { bulk: 'one row' };

holdsToBudgets(BulkStore, {
  namespace: 'BULK',
  fill: (sql) => new BulkStore(sql, new Tables(sql)).begin(SPEC),
  open: (sql) => new BulkStore(sql, new Tables(sql)),
  budgets: {
    find: { rows: 10, call: (store) => store.find(), walks: ONE_ROW },
    begin: { rows: 10, call: (store) => store.begin(SPEC) },
    keep: { rows: 2, call: (store) => store.keep(PLACE), walks: ONE_ROW },
  },
});
