/** A list shows what its filter lets through, whichever way through the index it takes, over old tables too. */
import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Summary, summarize } from '../../src/domain/job/summary';
import { migrateByTable } from '../../src/objects/kit/migrate';
import { Tables } from '../../src/objects/kit/tables';
import type { ListFilter, ListPosition } from '../../src/objects/org-index/contract';
import { ORG_INDEX_MIGRATIONS } from '../../src/objects/org-index/org-index-schema';
import { OrgIndexStore } from '../../src/objects/org-index/org-index-store';
import { SummaryList } from '../../src/objects/org-index/summary-list';
import { freshJob } from '../support/arbitraries';
import { countRows } from '../support/count-rows';

const TYPES = ['import', 'export', 'crawl'];
const TAGS = ['a', 'b', 'Ä'];
const STATUS = ['pending', 'in_progress', 'failed'] as const;
const MARKS = { through: 1, progressed_at: 0, told: {} };
/** The version that had no index of types and tags. */
const BEFORE = 5;
let objects = 0;

function withTables<Answer>(work: (sql: SqlStorage) => Answer): Promise<Answer> {
  const stub = env.ORG_INDEX.getByName(`summaries-${++objects}/0`);
  return runInDurableObject(stub, (_index, { storage }) => storage.transactionSync(() => work(storage.sql)));
}

const job = fc.record({
  job_type: fc.constantFrom(...TYPES),
  tags: fc.array(fc.constantFrom(...TAGS), { maxLength: 4 }),
  status: fc.constantFrom(...STATUS),
  created_at: fc.integer({ min: 1, max: 5 }),
});
const filters = fc.record(
  {
    job_type: fc.constantFrom(...TYPES, 'none'),
    job_types: fc.subarray(TYPES),
    tag: fc.uniqueArray(fc.constantFrom(...TAGS, 'none'), { minLength: 1, maxLength: 3 }),
    status: fc.subarray([...STATUS], { minLength: 1 }),
    created_after: fc.integer({ min: 1, max: 5 }),
    created_before: fc.integer({ min: 1, max: 6 }),
  },
  { requiredKeys: [] },
);

function letsThrough(summary: Summary, filter: ListFilter): boolean {
  const { job_type, job_types, tag = [], status, created_after = 0, created_before = 9 } = filter;
  return (
    (job_type ?? summary.job_type) === summary.job_type &&
    job_types?.includes(summary.job_type) !== false &&
    tag.every((one) => summary.tags.includes(one)) &&
    status?.includes(summary.status) !== false &&
    summary.created_at >= created_after &&
    summary.created_at < created_before
  );
}

/** What the list shows, page by page. */
function shown(sql: SqlStorage, filter: ListFilter, limit: number): string[] {
  const list = new SummaryList(sql, new Tables(sql));
  const found: string[] = [];
  for (let before: ListPosition | null = null; ; ) {
    const { jobs, through } = list.part(filter, before, limit, 1_000_000);
    found.push(...jobs.map(({ job_id }) => job_id));
    if (through === null) return found;
    before = through;
  }
}

/** How the jobs came into the tables: by this version, or by the one before, which is upgraded or not. */
const HISTORIES = {
  'its own tables': (sql: SqlStorage, jobs: readonly Summary[]) => {
    const store = new OrgIndexStore(sql);
    store.prepare();
    for (const one of jobs) store.insert(one, MARKS);
  },
  'tables of before, upgraded': (sql: SqlStorage, jobs: readonly Summary[]) => {
    migrateByTable(sql, ORG_INDEX_MIGRATIONS, BEFORE);
    for (const one of jobs) insertBefore(sql, one);
    new OrgIndexStore(sql).prepare();
  },
  'tables of before, as they are': (sql: SqlStorage, jobs: readonly Summary[]) => {
    migrateByTable(sql, ORG_INDEX_MIGRATIONS, BEFORE);
    for (const one of jobs) insertBefore(sql, one);
  },
  'a build of before that runs again': (sql: SqlStorage, jobs: readonly Summary[]) => {
    new OrgIndexStore(sql).prepare();
    for (const one of jobs) insertBefore(sql, one);
  },
};

function insertBefore(
  sql: SqlStorage,
  { created_at, job_id, status, job_type, tags, ...rest }: Summary,
): void {
  const body = JSON.stringify({ ...rest, created_at, job_id, status, job_type, tags });
  sql.exec(
    `INSERT INTO summary (created_at, job_id, revision, through, status, job_type, category, triggered_by, tags, body)
      VALUES (?, ?, 1, 1, ?, ?, 'sync', NULL, ?, ?)`,
    ...[created_at, job_id, status, job_type, JSON.stringify(tags), body],
  );
}

describe.each(Object.entries(HISTORIES))('%s', (_, fill) => {
  it('pages of any size show every job that the filter lets through, once and newest first', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(job, { maxLength: 30 }),
        fc.array(filters, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 9 }),
        async (made, asked, limit) => {
          const jobs = made.map(
            (fields, n): Summary => ({ ...summarize(freshJob()), ...fields, job_id: `j${n}` }),
          );
          await withTables((sql) => {
            fill(sql, jobs);
            for (const filter of asked) {
              const right = jobs
                .filter((one) => letsThrough(one, filter))
                .sort((a, b) => b.created_at - a.created_at || (a.job_id < b.job_id ? 1 : -1));
              expect(shown(sql, filter, limit)).toEqual(right.map(({ job_id }) => job_id));
            }
          });
        },
      ),
      { numRuns: 25 },
    );
  });
});

it('a deleted job leaves no tag behind', async () => {
  await withTables((sql) => {
    const store = new OrgIndexStore(sql);
    store.prepare();
    const made = { ...summarize(freshJob()), tags: ['a', 'a', 'b'] };
    for (const job_id of ['x', 'y']) store.insert({ ...made, job_id }, MARKS);
    store.remove({ ...made, job_id: 'x' }, 2, 2, 1);
    const left = sql.exec('SELECT tag, job_id FROM summary_tag ORDER BY tag').toArray();
    expect(left).toEqual([
      { tag: 'a', job_id: 'y' },
      { tag: 'b', job_id: 'y' },
    ]);
  });
});

it('a job is a row, one for its status, one for its type and one a tag; what it does later is none of these', async () => {
  const stub = env.ORG_INDEX.getByName(`summaries-${++objects}/0`);
  const run = (work: (store: OrgIndexStore) => void) =>
    countRows(stub, () =>
      runInDurableObject(stub, (_index, { storage }) => work(new OrgIndexStore(storage.sql))),
    );
  await run((store) => store.prepare());
  const made = { ...summarize(freshJob()), job_id: 'x', status: 'pending' as const };
  expect(await run((store) => store.insert({ ...made, tags: [] }, MARKS))).toBe(3);
  expect(await run((store) => store.insert({ ...made, job_id: 'y', tags: ['a', 'b'] }, MARKS))).toBe(5);
  expect(await run((store) => store.update({ ...made, job_id: 'y' }, MARKS, 'pending'))).toBe(1);
});
