/** Every filter of a list has an index, alone and beside another, in each order: what the plans say, and the rows read. */
import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, it } from 'vitest';
import { LIST_ORDERS, type ListFilter, type ListOrder } from '../../src/domain/job/list-filter';
import { summarize } from '../../src/domain/job/summary';
import { Tables } from '../../src/objects/kit/tables';
import type { ListPosition } from '../../src/objects/org-index/contract';
import { OrgIndexStore } from '../../src/objects/org-index/org-index-store';
import { SummaryList } from '../../src/objects/org-index/summary-list';
import { freshJob } from '../support/arbitraries';
import { fillSummaries } from '../support/fill-summaries';

const JOBS = 20_000;
/** Rows that a page may read. */
const MOST = 10_000;
const BYTES = 1_000_000;

/** A filter that two in a thousand jobs pass, one that half of them pass or more, and what of an index leads to them. */
interface Case {
  rare: ListFilter;
  common: ListFilter;
  led: RegExp;
  /** Bound where the rare ones are walked. */
  bound: string | number;
}

const STATE = /^SEARCH summary USING INDEX summary_by_state \(status=\? AND health=\? AND category=\?/;
const TERM = /^SEARCH walked USING PRIMARY KEY \(term=\?/;
const NAME = /^SEARCH summary USING INDEX summary_by_name \(name=\?/;
const BEGINS =
  /^SEARCH summary USING (INDEX summary_by_name \(name>\? AND name<\?|INDEX summary_by_id \(job_id>\? AND job_id<\?)/;
const CHAIN = /^SEARCH (walked USING PRIMARY KEY \(term=\?|summary USING INDEX summary_by_id \(job_id=\?)/;

const CASES: Record<string, Case> = {
  status: { rare: { status: ['failed'] }, common: { status: ['completed'] }, led: STATE, bound: 'failed' },
  health: { rare: { health: ['stalled'] }, common: { health: ['ok'] }, led: STATE, bound: 'stalled' },
  category: { rare: { category: 'ai' }, common: { category: 'sync' }, led: STATE, bound: 'ai' },
  type: { rare: { job_type: 'rare' }, common: { job_type: 'import' }, led: TERM, bound: 'type=rare' },
  types: {
    rare: { job_types: ['rare', 'none'] },
    common: { job_types: ['import', 'rare'] },
    led: TERM,
    bound: 'type=rare',
  },
  who: { rare: { triggered_by: 'rare' }, common: { triggered_by: 'ann' }, led: TERM, bound: 'who=rare' },
  tag: { rare: { tag: ['rare'] }, common: { tag: ['common'] }, led: TERM, bound: 'tag=rare' },
  parent: { rare: { parent_job_id: 'p1' }, common: { parent_job_id: 'p0' }, led: TERM, bound: 'parent=p1' },
  rerun: { rare: { rerun_of: 'r1' }, common: { rerun_of: 'r0' }, led: TERM, bound: 'again=r1' },
  chain: { rare: { root_job_id: 'o1' }, common: { root_job_id: 'o0' }, led: CHAIN, bound: 'again=o1' },
  name: { rare: { name: 'Rare' }, common: { name: 'Import' }, led: NAME, bound: 'Rare' },
  q: { rare: { q: 'rar' }, common: { q: 'imp' }, led: BEGINS, bound: 'rar' },
};

/** Of each thousand jobs two are rare in each of the ways, others in each. */
function fill(sql: SqlStorage): void {
  new OrgIndexStore(sql).prepare();
  const ways = Object.keys(CASES).filter((name) => name !== 'types' && name !== 'q');
  const either = (way: string, rare: string, common: string) => {
    const at = 3 * ways.indexOf(way);
    return `CASE WHEN n % 1000 IN (${at}, ${at + 1}) THEN ${rare} ELSE ${common} END`;
  };
  fillSummaries(sql, summarize(freshJob()), JOBS, {
    created_at: 'n',
    job_id: "printf('%08x', n)",
    status: either('status', "'failed'", "'completed'"),
    health: either('health', "'stalled'", "'ok'"),
    category: either('category', "'ai'", "'sync'"),
    job_type: either('type', "'rare'", "'import'"),
    triggered_by: either('who', "'rare'", "iif(n % 2 = 0, 'bob', 'ann')"),
    tags: either(
      'tag',
      `'["common", "rare"]'`,
      `CASE n % 2 WHEN 0 THEN '["common", "even"]' ELSE '["common"]' END`,
    ),
    parent_job_id: either('parent', "'p1'", "'p0'"),
    rerun_of: either('rerun', "'r1'", "'r0'"),
    root_job_id: either('chain', "'o1'", "'o0'"),
    name: either('name', "'Rare'", "'Import'"),
    completed_at: 'n + 7 * (n % 2)',
    updated_at: 'n + 7 * (n % 2)',
  });
}

interface Page {
  ids: string[];
  through: ListPosition | null;
  /** How the places were found: each statement's plan, and what was bound in all. */
  plans: string[];
  bound: SqlStorageValue[];
  rows: number;
}

let stub: DurableObjectStub;
beforeAll(async () => {
  stub = env.ORG_INDEX.getByName('plans/0');
  await runInDurableObject(stub, (_index, { storage }) => storage.transactionSync(() => fill(storage.sql)));
});

function page(
  sql: SqlStorage,
  filter: ListFilter,
  order: ListOrder,
  before: ListPosition | null = null,
): Page {
  const found: Omit<Page, 'ids' | 'through'> = { plans: [], bound: [], rows: 0 };
  const cursors: { rowsRead: number }[] = [];
  const exec = (query: string, ...values: SqlStorageValue[]) => {
    if (query.includes('summary')) {
      const steps = sql.exec<{ detail: string }>(`EXPLAIN QUERY PLAN ${query}`, ...values).toArray();
      found.plans.push(...steps.map(({ detail }) => detail));
    }
    // Not the looks that tell which way is the shortest, nor the rows of the places.
    if (query.includes('summary.n')) found.bound.push(...values);
    const cursor = sql.exec(query, ...values);
    cursors.push(cursor);
    return cursor;
  };
  const watched = { exec } as unknown as SqlStorage;
  const { jobs, through } = new SummaryList(watched, new Tables(sql)).part(filter, before, 51, BYTES, {
    order,
  });
  for (const cursor of cursors) found.rows += cursor.rowsRead;
  return { ids: jobs.map(({ job_id }) => job_id), through, ...found };
}

/** Walks that go through a table from end to end, but for those in the order of the list, which end with the page. */
function scansIn({ plans }: Page): string[] {
  return plans.filter((step) => {
    return (
      /^SCAN (summary|walked|tagged)\b/.test(step) && !/USING (COVERING )?INDEX summary_by_time$/.test(step)
    );
  });
}

function inIndex<Answer>(work: (sql: SqlStorage) => Answer): Promise<Answer> {
  return runInDurableObject(stub, (_index, { storage }) => work(storage.sql)) as Promise<Answer>;
}

describe.each(LIST_ORDERS)('by %s', (order) => {
  it('without a filter, a page is read along an index', async () => {
    await inIndex((sql) => {
      for (const before of [null, { created_at: 9_000, job_id: 'x' }]) {
        const found = page(sql, {}, order, before);
        expect(found.ids).toHaveLength(51);
        expect(found.plans.join('\n')).toContain(
          order === 'created_at' ? 'summary_by_time' : 'summary_by_change',
        );
        expect(scansIn(found)).toEqual([]);
        expect(found.rows).toBeLessThan(500);
      }
    });
  });

  it.each(Object.entries(CASES))('%s alone is seeked', async (_name, { rare, common, led, bound }) => {
    await inIndex((sql) => {
      const found = page(sql, rare, order);
      expect(found.ids).toHaveLength(40);
      expect(found.plans.some((step) => led.test(step))).toBe(true);
      expect([scansIn(found), found.bound.includes(bound)]).toEqual([[], true]);
      expect(found.rows).toBeLessThan(600);
      const many = page(sql, common, order);
      expect([many.ids.length, scansIn(many)]).toEqual([51, []]);
      expect(many.rows).toBeLessThan(3_000);
    });
  });
});

const BY_TIME = /^SEARCH summary USING INDEX summary_by_time \(created_at>\? AND created_at<\?\)/;

describe.each(['updated_at', 'completed_at'] as const)('of a time, by %s,', (order) => {
  it('few jobs are read along their creation, whatever filter stands beside', async () => {
    const time: ListFilter = { created_after: 5_001, created_before: 5_041 };
    await inIndex((sql) => {
      const alone = page(sql, time, order);
      expect([alone.ids.length, alone.through, scansIn(alone)]).toEqual([40, null, []]);
      expect(alone.plans.some((step) => BY_TIME.test(step))).toBe(true);
      expect(alone.rows).toBeLessThan(600);
      expect(page(sql, { created_before: 41 }, order).ids).toHaveLength(40);
      for (const [name, { common }] of Object.entries(CASES)) {
        const beside = page(sql, { ...common, ...time }, order);
        expect([beside.through, scansIn(beside)], name).toEqual([null, []]);
        expect(beside.ids.length, name).toBeGreaterThan(15);
        expect(beside.rows, name).toBeLessThan(3_000);
      }
    });
  });
});

it('jobs that go on are not looked for among those that have ended, nor the other way round', async () => {
  const own = env.ORG_INDEX.getByName('plans/alive');
  await runInDurableObject(own, (_index, { storage: { sql } }) => {
    new OrgIndexStore(sql).prepare();
    const like = summarize(freshJob());
    const ids = { created_at: 'n', updated_at: 'n', job_id: "printf('%08x', n)" };
    const ended = { ...ids, status: "'completed'", completed_at: 'n' };
    fillSummaries(sql, like, 2_000, { ...ids, status: "'in_progress'" });
    fillSummaries(sql, like, 14_000, ended, 2_001);
    fillSummaries(sql, like, 16_000, { ...ids, status: "'pending'" }, 14_001);
    for (const [status, most] of [
      ['in_progress', 8_500],
      ['completed', 2_000],
    ] as const) {
      const found = page(sql, { status: [status] }, 'updated_at');
      expect([found.ids.length, scansIn(found)], status).toEqual([51, []]);
      expect(found.rows, status).toBeLessThan(most);
    }
    const none = page(sql, { status: ['pending'] }, 'completed_at');
    expect([none.ids, none.through]).toEqual([[], null]);
    expect(none.rows).toBeLessThan(2_000);
  });
});

const NAMES = Object.keys(CASES);
/** A type and types are one filter. */
const PAIRS = NAMES.flatMap((one) =>
  NAMES.flatMap((other) => (one.slice(0, 4) === other.slice(0, 4) ? [] : [[one, other] as const])),
);

describe.each(LIST_ORDERS)('of two filters, by %s,', (order) => {
  it('the rarer is seeked', async () => {
    await inIndex((sql) => {
      for (const [one, other] of PAIRS) {
        const { rare, bound, led } = CASES[one] as Case;
        const found = page(sql, { ...CASES[other]?.common, ...rare }, order);
        const name = `${one} and ${other}, ${found.rows} rows`;
        expect(scansIn(found), name).toEqual([]);
        expect(
          found.plans.some((step) => led.test(step)),
          name,
        ).toBe(true);
        expect(found.bound.includes(bound), name).toBe(true);
        expect(found.rows, name).toBeLessThan(3_000);
      }
    });
  });

  it('that many jobs pass and none passes both, each page reads as much as it may and leads on to the end', async () => {
    await inIndex((sql) => {
      const filter: ListFilter = { triggered_by: 'ann', tag: ['even'] };
      let [before, rows, pages] = [null as ListPosition | null, 0, 0];
      do {
        const found = page(sql, filter, order, before);
        expect(found.ids).toEqual([]);
        expect(found.rows).toBeLessThanOrEqual(MOST);
        [before, rows, pages] = [found.through, rows + found.rows, pages + 1];
      } while (before !== null);
      expect(rows / pages).toBeGreaterThan(MOST / 3);
    });
  });
});
