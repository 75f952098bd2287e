/** A list shows what its filter lets through, whichever way through the index it takes, over old tables too. */
import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changeAbout } from '../../src/domain/feed/last-change';
import { CATEGORIES, HEALTHS, isTerminal, STATUSES } from '../../src/domain/job/job';
import { LIST_ORDERS } from '../../src/domain/job/list-filter';
import { type Summary, summarize } from '../../src/domain/job/summary';
import { migrateByTable } from '../../src/objects/kit/migrate';
import { Tables } from '../../src/objects/kit/tables';
import type { ListFilter, ListOrder, ListPosition } from '../../src/objects/org-index/contract';
import { ORG_INDEX_MIGRATIONS } from '../../src/objects/org-index/org-index-schema';
import { OrgIndexStore } from '../../src/objects/org-index/org-index-store';
import { SummaryList } from '../../src/objects/org-index/summary-list';
import { freshJob } from '../support/arbitraries';
import { countRows } from '../support/count-rows';
import { countingShard, START, summaryOf } from '../support/counting-shard';
import { insertOldSummary } from '../support/old-summaries';

const TYPES = ['import', 'export', 'crawl'];
const TAGS = ['a', 'b', 'Ä'];
const NAMES = ['Import', 'IMPORT of all', 'j1 alone', 'Ärger', '%'];
const PEOPLE = ['ann', 'bob'];
const JOBS = 30;
/** Ids of jobs, one of which has no job; hexadecimal digits, as ids are. */
const idOf = (n: number) => `j${n.toString(16)}`;
const ids = fc.nat(JOBS).map(idOf);
const MARKS = { through: 1, progressed_at: 0, told: {}, updated_at: 0 };
/** The version that had no index of types and tags, and the last one with another form of summaries. */
const [FIRST, BEFORE] = [5, 7];
let objects = 0;

function withTables<Answer>(work: (sql: SqlStorage) => Answer): Promise<Answer> {
  const stub = env.ORG_INDEX.getByName(`summaries-${++objects}/0`);
  return runInDurableObject(stub, (_index, { storage }) => storage.transactionSync(() => work(storage.sql)));
}

const time = fc.integer({ min: 1, max: 5 });
const job = fc.record({
  job_type: fc.constantFrom(...TYPES),
  tags: fc.array(fc.constantFrom(...TAGS), { maxLength: 4 }),
  status: fc.constantFrom(...STATUSES),
  health: fc.constantFrom(...HEALTHS),
  category: fc.constantFrom(...CATEGORIES),
  triggered_by: fc.option(fc.constantFrom(...PEOPLE)),
  name: fc.constantFrom(...NAMES),
  rerun_of: fc.option(ids),
  root: fc.option(ids),
  created_at: time,
  last_report_at: fc.option(time),
  ended_at: time,
});
const asked = {
  job_type: fc.constantFrom(...TYPES, 'none'),
  job_types: fc.subarray(TYPES),
  tag: fc.uniqueArray(fc.constantFrom(...TAGS, 'none'), { minLength: 1, maxLength: 3 }),
  status: fc.subarray([...STATUSES], { minLength: 1 }),
  health: fc.subarray([...HEALTHS], { minLength: 1 }),
  category: fc.constantFrom(...CATEGORIES),
  triggered_by: fc.constantFrom(...PEOPLE, 'none'),
  name: fc.constantFrom(...NAMES, 'import'),
  q: fc.constantFrom('i', 'import', 'J1', 'Ä', '%', 'none', ''),
  rerun_of: ids,
  root_job_id: ids,
  created_after: time,
  created_before: fc.integer({ min: 1, max: 6 }),
};
/** A few of these at a time: what asks for more has nothing to show, whatever is wrong with it. */
const filters = fc
  .tuple(fc.record(asked), fc.subarray(Object.keys(asked) as (keyof typeof asked)[], { maxLength: 3 }))
  .map(([all, names]): ListFilter => Object.fromEntries(names.map((name) => [name, all[name]])));

function letsThrough(summary: Summary, filter: ListFilter): boolean {
  const { job_types, tag = [], status, health, q = '', created_after = 0, created_before = 9 } = filter;
  const equal = ['job_type', 'category', 'triggered_by', 'name', 'rerun_of', 'root_job_id'] as const;
  const texts = [summary.name, summary.job_id].map((text) => text.toLowerCase());
  return (
    equal.every((name) => (filter[name] ?? summary[name]) === summary[name]) &&
    job_types?.includes(summary.job_type) !== false &&
    tag.every((one) => summary.tags.includes(one)) &&
    status?.includes(summary.status) !== false &&
    health?.includes(summary.health) !== false &&
    texts.some((text) => text.startsWith(q.toLowerCase())) &&
    summary.created_at >= created_after &&
    summary.created_at < created_before
  );
}

function timeOf(summary: Summary, order: ListOrder): number | null {
  return order === 'updated_at' ? changeAbout(summary) : summary[order];
}

/** What the list shows, page by page, each of which reads few rows. */
function shown(sql: SqlStorage, filter: ListFilter, order: ListOrder, limit: number, rows: number): string[] {
  const list = new SummaryList(sql, new Tables(sql));
  const found: string[] = [];
  for (let before: ListPosition | null = null; ; ) {
    const { jobs, through } = list.part(filter, before, limit, 1_000_000, { order, rows });
    found.push(...jobs.map(({ job_id }) => job_id));
    if (through === null) return found;
    before = through;
  }
}

const moveAll = (store: OrgIndexStore) => {
  while (store.isMoving) store.move(7);
};

/** How the jobs came into the tables: by this version, or by ones before, which are upgraded, half or not at all. */
const HISTORIES = {
  'its own tables': (sql: SqlStorage, jobs: readonly Summary[]) => {
    const store = new OrgIndexStore(sql);
    store.prepare();
    for (const one of jobs) store.insert(one, { ...MARKS, updated_at: changeAbout(one) });
  },
  'tables of before, moved': (sql: SqlStorage, jobs: readonly Summary[]) => {
    migrateByTable(sql, ORG_INDEX_MIGRATIONS, BEFORE);
    for (const one of jobs) insertOldSummary(sql, one);
    const store = new OrgIndexStore(sql);
    store.prepare();
    moveAll(store);
  },
  'tables of before, half moved': (sql: SqlStorage, jobs: readonly Summary[]) => {
    migrateByTable(sql, ORG_INDEX_MIGRATIONS, FIRST);
    for (const one of jobs) insertOldSummary(sql, one);
    const store = new OrgIndexStore(sql);
    store.prepare();
    store.move(Math.floor(jobs.length / 2));
    // Its job was heard of.
    if (jobs[0] !== undefined) store.kept(jobs[0], 1);
  },
  'tables of before, as they are': (sql: SqlStorage, jobs: readonly Summary[]) => {
    migrateByTable(sql, ORG_INDEX_MIGRATIONS, FIRST);
    for (const one of jobs) insertOldSummary(sql, one);
  },
  'a build of before that runs again': (sql: SqlStorage, jobs: readonly Summary[]) => {
    new OrgIndexStore(sql).prepare();
    for (const one of jobs) insertOldSummary(sql, { ...one, status: 'pending', completed_at: null });
    for (const one of jobs) {
      const change = [one.status, JSON.stringify(one), one.created_at, one.job_id];
      sql.exec('UPDATE summary SET status = ?, body = ? WHERE created_at = ? AND job_id = ?', ...change);
    }
  },
};

describe.each(Object.entries(HISTORIES))('%s', (history, fill) => {
  // What changed when is in order once all has moved.
  const orders = /half|as they are/.test(history) ? (['created_at'] as const) : LIST_ORDERS;

  it('pages of any size show every job that the filter lets through, once and newest first', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(job, { maxLength: JOBS }),
        fc.array(filters, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 9 }),
        fc.constantFrom(1, 50, 10_000),
        async (made, asked, limit, rows) => {
          const jobs = made.map(({ root, ended_at, ...fields }, n): Summary => {
            const completed_at = isTerminal(fields.status) ? ended_at : null;
            // No job is a rerun of itself.
            const rerun_of = fields.rerun_of === idOf(n) ? null : fields.rerun_of;
            const chain = { root_job_id: root ?? idOf(n), rerun_of, completed_at };
            return { ...summarize(freshJob()), ...fields, ...chain, job_id: idOf(n) };
          });
          await withTables((sql) => {
            fill(sql, jobs);
            for (const filter of asked) {
              for (const order of orders) {
                const right = jobs
                  .flatMap((one) => ({ id: one.job_id, at: timeOf(one, order), one }))
                  .filter(({ at, one }) => at !== null && letsThrough(one, filter))
                  .sort((a, b) => (b.at ?? 0) - (a.at ?? 0) || (a.id < b.id ? 1 : -1));
                expect(shown(sql, filter, order, limit, rows), order).toEqual(right.map(({ id }) => id));
              }
            }
          });
        },
      ),
      { numRuns: 25 },
    );
  });

  it('a job of a list by several tags has them all, and whatever else is asked', async () => {
    const tagged = [['a'], ['b', 'a'], ['b'], ['a', 'Ä', 'b'], []];
    const jobs = tagged.map((tags, n): Summary => {
      return { ...summarize(freshJob()), tags, triggered_by: n === 1 ? 'ann' : 'bob', job_id: idOf(n) };
    });
    await withTables((sql) => {
      fill(sql, jobs);
      const found = (...tag: string[]) => shown(sql, { tag }, 'created_at', 9, 10_000);
      expect(found('a')).toEqual(['j3', 'j1', 'j0']);
      for (const both of [found('a', 'b'), found('b', 'a')]) expect(both).toEqual(['j3', 'j1']);
      expect(found('b', 'Ä', 'a')).toEqual(['j3']);
      expect(shown(sql, { tag: ['b', 'a'], triggered_by: 'ann' }, 'created_at', 9, 10_000)).toEqual(['j1']);
    });
  });
});

it('what has not moved yet is shown whole, and is in no other order', async () => {
  await withTables((sql) => {
    migrateByTable(sql, ORG_INDEX_MIGRATIONS, BEFORE);
    const summary: Summary = { ...summarize(freshJob()), last_message: 'half way', errors_by_type: { a: 2 } };
    for (const job_id of ['x', 'y']) insertOldSummary(sql, { ...summary, job_id });
    const store = new OrgIndexStore(sql);
    store.prepare();
    store.move(1);
    const list = new SummaryList(sql, new Tables(sql));
    const { jobs } = list.part({}, null, 9, 10_000);
    const alike = ['y', 'x'].map((job_id) => ({ ...summary, job_id, updated_at: summary.created_at }));
    expect(jobs).toEqual(alike);
    expect(list.part({}, null, 9, 10_000, { order: 'updated_at' })).toMatchObject({
      jobs: [],
      order: 'created_at',
    });
    moveAll(store);
    const moved = new SummaryList(sql, new Tables(sql));
    expect(moved.part({}, null, 9, 10_000, { order: 'updated_at' }).jobs).toEqual(alike);
    expect(new Tables(sql).has('summary_before')).toBe(false);
  });
});

it('a row is as long as a page has room, whatever the job is called and says', async () => {
  const wide = 'é'.repeat(200);
  const long = '—'.repeat(4_000);
  const types = Object.fromEntries(Array.from({ length: 101 }, (_, n) => [`${n}${'ä'.repeat(190)}`, n + 1]));
  const summary: Summary = {
    ...summarize(freshJob()),
    ...{ name: wide, triggered_by: wide, stage: wide, job_type: wide.slice(0, 100) },
    tags: Array.from({ length: 10 }, (_, n) => `${n}${'x'.repeat(127)}`),
    ...{ last_message: long, error_message: long, errors_by_type: types },
  };
  await withTables((sql) => {
    const store = new OrgIndexStore(sql);
    store.prepare();
    for (const job_id of ['x', 'y']) store.insert({ ...summary, job_id }, MARKS);
    const columns = sql.exec('SELECT * FROM summary LIMIT 1').one();
    const bytes = Object.values(columns).map((value) => new TextEncoder().encode(String(value)).byteLength);
    // The header of a row is two bytes a column at most.
    expect(bytes.reduce((sum, size) => sum + size + 2, 0)).toBeLessThan(4_061);
    const { jobs } = new SummaryList(sql, new Tables(sql)).part({}, null, 9, 100_000);
    expect(jobs[1]).toMatchObject({ name: wide, tags: summary.tags, stage: wide });
    expect(jobs[1]?.last_message).toMatch(/^—+…—+$/);
  });
});

it('a deleted job leaves no tag behind', async () => {
  await withTables((sql) => {
    const store = new OrgIndexStore(sql);
    store.prepare();
    const made = { ...summarize(freshJob()), tags: ['a', 'a', 'b'] };
    for (const job_id of ['x', 'y']) store.insert({ ...made, job_id }, MARKS);
    store.remove({ ...made, job_id: 'x' }, 2, 2, 1);
    const left = sql
      .exec(
        "SELECT term, job_id FROM summary_term JOIN summary USING (n) WHERE term LIKE 'tag=%' ORDER BY term",
      )
      .toArray();
    expect(left).toEqual([
      { term: 'tag=a', job_id: 'y' },
      { term: 'tag=b', job_id: 'y' },
    ]);
  });
});

it('a job is a row, one in each index, and one for its type, its person, each tag and its count; its progress is one row, and its moves three more', async () => {
  const stub = env.ORG_INDEX.getByName(`summaries-${++objects}/0`);
  const run = (work: (store: OrgIndexStore) => void) =>
    countRows(stub, () =>
      runInDurableObject(stub, (_index, { storage }) => work(new OrgIndexStore(storage.sql))),
    );
  await run((store) => store.prepare());
  const made: Summary = { ...summarize(freshJob()), job_id: 'x', root_job_id: 'x' };
  // The first of a type is one more.
  expect(await run((store) => store.insert({ ...made, tags: [] }, MARKS))).toBe(9);
  const filed = { ...made, job_id: 'y', root_job_id: 'y', tags: ['a', 'b'], triggered_by: 'ann' };
  expect(await run((store) => store.insert(filed, MARKS))).toBe(11);
  const rerun = { ...made, job_id: 'z', rerun_of: 'x', root_job_id: 'x' };
  expect(await run((store) => store.insert(rerun, MARKS))).toBe(9);
  const known = { status: 'pending', health: 'ok', updated_at: 0 } as const;
  expect(await run((store) => store.update(filed, { ...MARKS, through: 2 }, known))).toBe(1);
  const ended = { ...filed, status: 'failed' as const, completed_at: 9 };
  expect(await run((store) => store.update(ended, { ...MARKS, updated_at: 9 }, known))).toBe(4);
});

it('a job whose events come in pieces was changed last when the last of them says', async () => {
  const { index, publish } = countingShard();
  const running = summaryOf(1, 251, { status: 'in_progress' });
  const stages = Array.from({ length: 250 }, (_, n) => {
    const body = { type: 'job.stage_changed', stage: `${n}` };
    return { n: n + 1, revision: n + 2, at: START + 1_000 * (n + 1), body };
  });
  for (const events of [stages.slice(0, 200), stages.slice(200)])
    await publish(running, { events, through: 250, oldest: 1 });
  const jobs = (await index.list({}, null, 1)) as unknown as { updated_at: number }[];
  expect(jobs.map(({ updated_at }) => updated_at)).toEqual([START + 250_000]);
});
