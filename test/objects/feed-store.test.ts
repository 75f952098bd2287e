import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DAY } from '../../src/domain/base/time';
import type { FeedAsk, FeedBody } from '../../src/domain/feed/feed';
import { Tables } from '../../src/objects/kit/tables';
import { type FeedEntry, FeedStore } from '../../src/objects/org-index/feed-store';
import { OrgIndexStore } from '../../src/objects/org-index/org-index-store';

/** The feed's own tables in a real object, on a clock that the test sets. */

const START = Date.UTC(2026, 0, 1);
const EVERYTHING = { after: 0, limit: 10_000 };
let objects = 0;

/** Runs `work` over the tables of an object of its own. */
function withTables<Answer>(work: (sql: SqlStorage) => Answer): Promise<Answer> {
  const stub = env.ORG_INDEX.getByName(`feed-${++objects}/0`);
  return runInDurableObject(stub, (_index, state) => {
    new OrgIndexStore(state.storage.sql).prepare();
    return work(state.storage.sql);
  });
}

function entry(
  revision: number,
  at: number,
  type = 'job.stage_changed',
  jobType = 'import',
  tags?: readonly string[],
): FeedEntry {
  return { revision, at, body: { type, job_type: jobType, ...(tags && { tags }) } as FeedBody };
}

const seqs = (feed: FeedStore, ask: FeedAsk) => feed.page(ask).events.map(({ seq }) => seq);

it('an object that was never written has an empty feed, and no tables after it was read', async () => {
  const tables = await runInDurableObject(env.ORG_INDEX.getByName('feed-none/0'), (_index, state) => {
    const page = new FeedStore(state.storage.sql, 30).page({ after: 0, limit: 10 });
    expect(page).toEqual({ events: [], through: 0, head: 0, dropped_through: 0 });
    return state.storage.sql.exec("SELECT name FROM sqlite_master WHERE name LIKE 'feed%'").toArray();
  });
  expect(tables).toEqual([]);
});

it('a page is read in the order of its rows, without sorting them', async () => {
  const plan = await withTables((sql) => {
    const seen: string[] = [];
    const exec = sql.exec.bind(sql);
    const spied = {
      exec: (query: string, ...values: unknown[]) => plans(query, values),
    } as unknown as SqlStorage;
    const plans = (query: string, values: unknown[]) => {
      if (query.includes('ORDER BY seq')) {
        const steps = exec(`EXPLAIN QUERY PLAN ${query}`, ...values).toArray();
        seen.push(...steps.map(({ detail }) => String(detail)));
      }
      return exec(query, ...values);
    };
    new FeedStore(spied, 30).page({
      after: 3,
      limit: 10,
      types: ['job.failed'],
      job_types: ['import'],
      tag: 'a',
    });
    return seen;
  });
  expect(plan.filter((step) => step.includes('SEARCH feed_'))).toHaveLength(4);
  expect(plan.filter((step) => step.includes('TEMP B-TREE'))).toEqual([]);
});

it('pages of any size, filtered or not, show every row that matches once and in order', async () => {
  const types = ['job.created', 'job.stage_changed', 'job.completed'] as const;
  const row = fc.record({
    type: fc.constantFrom(...types),
    jobType: fc.constantFrom('import', 'crawl'),
    tags: fc.option(fc.subarray(['a', 'b', 'ab']), { nil: undefined }),
    later: fc.constantFrom(0, 1, 3 * DAY, 11 * DAY, -DAY),
  });
  const ask = fc.record({
    limit: fc.integer({ min: 1, max: 7 }),
    types: fc.option(fc.subarray([...types]), { nil: undefined }),
    job_types: fc.option(fc.subarray(['import', 'crawl']), { nil: undefined }),
    tag: fc.option(fc.constantFrom('a', 'b', 'none'), { nil: undefined }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 40 }), ask, async (rows, { limit, ...filter }) => {
      await withTables((sql) => {
        const feed = new FeedStore(sql, 30);
        let now = START;
        for (const [index, { type, jobType, tags, later }] of rows.entries()) {
          now += later;
          feed.append('a', [entry(index + 1, now, type, jobType, tags)], now);
        }
        const { dropped_through, head } = feed.page({ after: 0, limit: 0 });
        expect(head).toBe(rows.length);
        const right = rows.flatMap(({ type, jobType, tags }, index) => {
          const kept = index + 1 > dropped_through;
          const wanted =
            filter.types?.includes(type) !== false &&
            filter.job_types?.includes(jobType) !== false &&
            (filter.tag === undefined || tags?.includes(filter.tag) === true);
          return kept && wanted ? [index + 1] : [];
        });
        const asked = Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
        const seen: number[] = [];
        for (let after = 0; ; ) {
          const page = feed.page({ after, limit, ...asked });
          seen.push(...page.events.map(({ seq }) => seq));
          if (page.through === head) break;
          expect(page.through).toBeGreaterThan(after);
          after = page.through;
        }
        expect(seen).toEqual(right);
      });
    }),
    { numRuns: 60 },
  );
});

it('what a filter passes over is looked at in bounded portions', async () => {
  await withTables((sql) => {
    const feed = new FeedStore(sql, 30);
    const many = Array.from({ length: 12_000 }, (_, index) => entry(index + 1, START));
    feed.append('a', [...many, entry(12_001, START, 'job.failed')], START);
    const through: number[] = [];
    for (let after = 0; after < 12_001; after = through.at(-1) ?? 0) {
      const page = feed.page({ after, limit: 10, types: ['job.failed'] });
      through.push(page.through);
      expect(page.events).toHaveLength(page.through === 12_001 ? 1 : 0);
    }
    expect(through).toEqual([5_000, 10_000, 12_001]);
  });
});

it('each period is kept for 30 days, then dropped whole, and the numbers go on', async () => {
  await withTables((sql) => {
    const feed = new FeedStore(sql, 30);
    for (let day = 0; day < 100; day++) {
      const now = START + day * DAY;
      feed.append('a', [entry(day + 1, now)], now);
      const { events, dropped_through, head } = feed.page(EVERYTHING);
      expect(head).toBe(day + 1);
      expect(events.map(({ seq }) => seq)).toEqual(
        Array.from({ length: head - dropped_through }, (_, index) => dropped_through + index + 1),
      );
      const ages = events.map(({ at }) => (now - at) / DAY);
      expect(Math.max(...ages)).toBeLessThan(40);
      if (day >= 30) expect(ages).toContain(30);
      expect(feed.page({ after: 0, limit: 1 }).events[0]?.seq).toBe(dropped_through + 1);
    }
  });
});

it('after a silence longer than all tables the numbers go on too', async () => {
  await withTables((sql) => {
    const feed = new FeedStore(sql, 30);
    feed.append('a', [entry(1, START), entry(2, START)], START);
    const later = START + 400 * DAY;
    new FeedStore(sql, 30).append('a', [entry(3, later)], later);
    expect(feed.page(EVERYTHING)).toMatchObject({ dropped_through: 2, head: 3, through: 3 });
    expect(seqs(feed, EVERYTHING)).toEqual([3]);
  });
});

it('a clock that goes back drops nothing and loses nothing', async () => {
  await withTables((sql) => {
    const feed = new FeedStore(sql, 30);
    const days = [0, 9, 11, 4, -60, 12, 21, 5, 31];
    for (const [index, day] of days.entries()) {
      feed.append('a', [entry(index + 1, START)], START + day * DAY);
    }
    expect(seqs(feed, EVERYTHING)).toEqual(days.map((_, index) => index + 1));
  });
});

it('another retention holds from the next turn on and drops nothing by itself', async () => {
  await withTables((sql) => {
    new FeedStore(sql, 30).append('a', [entry(1, START)], START);
    const shorter = new FeedStore(sql, 3);
    shorter.append('a', [entry(2, START)], START + DAY / 2);
    expect(seqs(shorter, EVERYTHING)).toEqual([1, 2]);
    shorter.append('a', [entry(3, START)], START + 3.5 * DAY);
    expect(seqs(shorter, EVERYTHING)).toEqual([1, 2, 3]);
    shorter.append('a', [entry(4, START)], START + 4 * DAY);
    expect(seqs(shorter, EVERYTHING)).toEqual([3, 4]);
    const longer = new FeedStore(sql, 300);
    longer.append('a', [entry(5, START)], START + 90 * DAY);
    expect(seqs(longer, EVERYTHING)).toEqual([3, 4, 5]);
  });
});

it('an endpoint’s event enters once', async () => {
  const body = {
    type: 'endpoint.disabled',
    message: 'm',
    webhook_id: 'w',
    url: 'https://a.example',
  } as const;
  await withTables((sql) => {
    const feed = new FeedStore(sql, 30);
    for (const n of [1, 1, 2, 1, 2]) feed.appendOnce('w', n, START, body, START);
    feed.appendOnce('v', 1, START, body, START);
    const told = feed.page(EVERYTHING).events.map(({ job_id, revision }) => `${job_id}.${revision}`);
    expect(told).toEqual(['w.1', 'w.2', 'v.1']);
  });
});

it('a feed held to fewer bytes has no more from its next row on, by an instance that was told nothing too', async () => {
  await withTables((sql) => {
    const open = () => new FeedStore(sql, 30, new Tables(sql), 400_000);
    const long = { type: 'job.stage_changed', job_type: 'import', message: 'x'.repeat(480) };
    let n = 0;
    const append = (feed: FeedStore, count: number) => {
      for (const last = n + count; n < last; )
        feed.append('a', [{ revision: ++n, at: START, body: long as unknown as FeedBody }], START + n);
    };
    const made = () => sql.exec("SELECT name FROM sqlite_master WHERE name = 'feed_limit'").toArray().length;
    const feed = open();
    append(feed, 500);
    const before = feed.bytes();
    expect(before).toBeGreaterThan(200_000);
    // What is no less than any feed may have is no bound, and no row.
    for (const bytes of [400_000, 1_000_000]) feed.hold(bytes);
    expect(made()).toBe(0);
    feed.hold(100_000);
    append(feed, 1);
    expect(feed.bytes()).toBeLessThan(before);
    const again = open();
    append(again, 500);
    expect(again.bytes()).toBeLessThan(110_000);
    expect(again.page(EVERYTHING).head).toBe(n);
    again.hold(4_000);
    append(again, 1);
    expect(again.bytes()).toBeLessThan(40_000);
    append(again, 20);
    expect(open().bytes()).toBeLessThan(5_000);
    expect(again.page(EVERYTHING)).toMatchObject({ head: n, through: n });
    again.hold(400_000);
    append(open(), 500);
    expect(open().bytes()).toBeGreaterThan(200_000);
  });
});

it('a feed that has as many bytes as it may loses its oldest, a table at a time, however young they are', async () => {
  await withTables((sql) => {
    const most = 40_000;
    const feed = new FeedStore(sql, 30, new Tables(sql), most);
    const long = { type: 'job.stage_changed', job_type: 'import', message: 'x'.repeat(480) };
    const append = (n: number) =>
      feed.append('a', [{ revision: n, at: START, body: long as unknown as FeedBody }], START + n);
    for (let n = 1; n <= 60; n++) append(n);
    expect(feed.page(EVERYTHING).dropped_through).toBe(0);
    for (let n = 61; n <= 500; n++) {
      append(n);
      expect(feed.bytes()).toBeLessThan(1.1 * most);
    }
    const { events, head, dropped_through } = feed.page(EVERYTHING);
    expect(head).toBe(500);
    expect(events.map(({ seq }) => seq)).toEqual(
      Array.from({ length: 500 - dropped_through }, (_, k) => dropped_through + 1 + k),
    );
    expect(events.length).toBeGreaterThan(50);
    expect(feed.bytes()).toBeGreaterThan(most / 2);
    expect(Object.keys(events[0] ?? {})).toEqual(['seq', 'at', 'job_id', 'revision', 'body']);
    // Another instance goes on where this one was, and what was kept before bytes were counted for nothing.
    const again = new FeedStore(sql, 30, new Tables(sql), most);
    expect(again.bytes()).toBe(feed.bytes());
    for (const name of ['feed_0', 'feed_1', 'feed_2', 'feed_3']) sql.exec(`UPDATE ${name} SET bytes = NULL`);
    expect(again.bytes()).toBe(0);
    again.append('a', [entry(501, START)], START + 501);
    expect(again.page({ after: 500, limit: 10 }).events).toHaveLength(1);
  });
});
