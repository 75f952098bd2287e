import { runInDurableObject } from 'cloudflare:test';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EntryKind } from '../../src/domain/job/draft';
import type { LogFilter, LogPlace } from '../../src/objects/job/contract';
import { EntryStore } from '../../src/objects/job/entry-store';
import { RINGS, SHOWN } from '../../src/objects/job/job-schema';
import { type Client, makeClient } from '../support/client';
import { jobStub } from '../support/objects';

const KINDS = Object.keys(RINGS) as EntryKind[];
const ALL = { rows: 50_000, bytes: Number.POSITIVE_INFINITY, scan: Number.POSITIVE_INFINITY };

/** Runs `work` over a job's store whose rings hold entries as a worker might have brought them; nothing of it is kept. */
async function withEntries<Answer>(
  client: Client,
  count: number,
  work: (store: EntryStore, totals: Record<EntryKind, number>) => Answer,
): Promise<Answer> {
  const id = await client.createJob();
  return runInDurableObject(await jobStub(client.organization, id), (_job, { storage }) => {
    const store = new EntryStore(storage.sql);
    const totals = { error: 0, warning: 0, log: 0, event: 0 };
    storage.transactionSync(() => {
      for (let index = 0; index < count; index++) {
        // Of eleven entries six are log entries, and of three that follow each other two share a revision.
        const kind =
          (
            ['log', 'event', 'log', 'warning', 'log', 'error', 'log', 'event', 'log', 'event', 'log'] as const
          )[index % 11] ?? 'log';
        const n = ++totals[kind];
        const body = JSON.stringify({
          message: `entry ${index}`,
          level: index % 7 === 0 ? 'warn' : 'info',
          error_type: `t${index % 5}`,
        });
        store.put(
          RINGS[kind].base + (n % RINGS[kind].slots),
          n,
          2 + Math.floor(index / 3),
          index % 3,
          index,
          body,
        );
      }
    });
    return work(store, totals);
  });
}

describe('pages of a log whose rings have gone round', () => {
  it('lead through every line once and in order, by a cursor of this build and of the one before', async () => {
    const client = await makeClient();
    await withEntries(client, 12_000, (store, totals) => {
      const whole = store.logPage(totals, { revision: 0, k: -1 }, ALL, {}).rows;
      const kept = KINDS.reduce((sum, kind) => sum + Math.min(totals[kind], SHOWN[kind]), 0);
      expect(whole).toHaveLength(kept);
      expect(totals.error).toBeGreaterThan(SHOWN.error);
      for (const forgets of [false, true]) {
        const walked: unknown[] = [];
        let place: LogPlace | null = { revision: 0, k: -1 };
        while (place !== null) {
          const page = store.logPage(totals, place, { rows: 700, bytes: 30_000, scan: 600 }, {});
          walked.push(...page.rows);
          place = page.next && (forgets ? { revision: page.next.revision, k: page.next.k } : page.next);
        }
        expect(walked).toEqual(whole);
      }
    });
  });

  it('go on behind what a filter did not let through, and behind what another filter passed over', async () => {
    const client = await makeClient();
    await withEntries(client, 3_000, (store, totals) => {
      const whole = store.logPage(totals, { revision: 0, k: -1 }, ALL, {}).rows;
      const filters: LogFilter[] = [
        { level: 'error' },
        { level: 'warn' },
        { q: '99' },
        { since: 1_000, until: 1_100 },
        { q: 'nowhere' },
      ];
      for (const filter of filters) {
        const expected = store.logPage(totals, { revision: 0, k: -1 }, ALL, filter).rows;
        const walked: unknown[] = [];
        let [place, pages]: [LogPlace | null, number] = [{ revision: 0, k: -1 }, 0];
        while (place !== null) {
          const page = store.logPage(totals, place, { rows: 40, bytes: 1e6, scan: 300 }, filter);
          [place, pages] = [page.next, pages + 1];
          walked.push(...page.rows);
        }
        expect(walked).toEqual(expected);
        expect(pages).toBeGreaterThan(1);
      }
      const first = store.logPage(totals, { revision: 0, k: -1 }, { ...ALL, rows: 20 }, { level: 'error' });
      if (first.next === null) throw new Error('one page holds all');
      const { revision, k } = first.next;
      const behind = whole.filter(
        (line) => line.revision > revision || (line.revision === revision && line.k > k),
      );
      expect(store.logPage(totals, first.next, ALL, {}).rows).toEqual(behind);
    });
  });

  it('begin at any place, and what is since a revision is what a walk from the oldest finds', async () => {
    const client = await makeClient();
    await withEntries(client, 12_000, (store, totals) => {
      const whole = store.logPage(totals, { revision: 0, k: -1 }, ALL, {}).rows;
      fc.assert(
        fc.property(fc.integer({ min: 0, max: 4_100 }), fc.integer({ min: -1, max: 3 }), (revision, k) => {
          const rest = whole.filter(
            (line) => line.revision > revision || (line.revision === revision && line.k > k),
          );
          expect(store.logPage(totals, { revision, k }, { ...ALL, rows: 60 }, {}).rows).toEqual(
            rest.slice(0, 60),
          );
        }),
        { numRuns: 50 },
      );
      expect(store.since(totals, 100)).toBeNull();
      const late = Array.from(store.since(totals, 3_000) ?? []);
      expect(late).toHaveLength(12_000 - 3 * (3_000 - 1));
      expect([...(store.since(totals, 4_001) ?? ['gone'])]).toEqual([]);
    });
  });
});

describe('a page whose cursor was overtaken', () => {
  const issue = (entity_key: string) => ({ entity_key, error_type: 't', message: 'm' });
  const many = (count: number) => Array.from({ length: count }, (_, n) => `e${n}`);
  /** Reports that append `count` of a list. */
  const BRING: Record<string, (count: number) => object[]> = {
    errors: (count) => [{ errors: many(count).map(issue) }],
    warnings: (count) => [{ warnings: many(count).map(issue) }],
    events: (count) => many(count).map((stage) => ({ stage })),
    logs: (count) =>
      Array.from({ length: count / 100 }, () => ({
        logs: many(100).map((message) => ({ level: 'info', message })),
      })),
  };

  it.each([
    ['errors', 1_000, 700],
    ['warnings', 1_000, 700],
    ['events', 1_000, 700],
    ['logs', 10_000, 6_000],
  ])(
    'of %s says how many were dropped: what is seen and what is told are all there were',
    async (list, kept, count) => {
      const client = await makeClient();
      const id = await client.createJob();
      const bring = async () => {
        const reports = BRING[list]?.(count);
        const answer = await client.post(`/api/jobs/${id}/progress/batch`, { reports });
        expect(answer.status, answer.text).toBe(200);
      };
      const page = async (query: string) =>
        (await client.get(`/api/jobs/${id}/${list}?limit=10${query}`)).json;
      await bring();
      const first = await page('');
      expect(first).not.toHaveProperty('dropped');
      expect(await page(`&cursor=${first.next_cursor}`)).not.toHaveProperty('dropped');
      await bring();
      const overtaken = await page(`&cursor=${first.next_cursor}`);
      let seen = 10 + overtaken[list].length;
      const { dropped } = overtaken;
      expect(dropped).toBeGreaterThanOrEqual(2 * count - kept - 10);
      for (let cursor = overtaken.next_cursor; cursor !== null; ) {
        const { json } = await client.get(`/api/jobs/${id}/${list}?limit=100&cursor=${cursor}`);
        expect(json).not.toHaveProperty('dropped');
        [cursor, seen] = [json.next_cursor, seen + json[list].length];
      }
      const { json: job } = await client.get(`/api/jobs/${id}`);
      const all = { errors: job.errors_total, warnings: job.warnings_total, logs: job.logs_total }[list];
      // Events have no total of their own: the created and the started one, and a stage each.
      expect(seen + dropped).toBe(all ?? 2 + 2 * count);
      expect(await page('')).not.toHaveProperty('dropped');
    },
  );

  it('counts what its filter would have passed over', async () => {
    const client = await makeClient();
    const id = await client.createJob();
    const bring = () => client.report(id, { errors: many(600).map(issue) });
    await bring();
    const filtered = `/api/jobs/${id}/errors?limit=5&error_type=t`;
    const { next_cursor } = (await client.get(filtered)).json;
    await bring();
    expect((await client.get(`${filtered}&cursor=${next_cursor}`)).json.dropped).toBe(195);
    const other = `/api/jobs/${id}/errors?error_type=none&cursor=${next_cursor}`;
    expect((await client.get(other)).json).toMatchObject({ errors: [], dropped: 195 });
  });
});

describe('a search of the log', () => {
  it('takes 200 characters and no more', async () => {
    const client = await makeClient();
    const id = await client.createJob();
    await client.report(id, { message: 'é'.repeat(200) });
    const search = (q: string) => client.get(`/api/jobs/${id}/logs?q=${encodeURIComponent(q)}`);
    const { json } = await search('é'.repeat(200));
    expect(json.logs).toHaveLength(1);
    const refused = await search('é'.repeat(201));
    expect([refused.status, refused.json.errors[0].path]).toEqual([422, 'q']);
  });

  it('that finds nothing still comes to its end, page by page', async () => {
    const client = await makeClient();
    const id = await client.createJob();
    const logs = Array.from({ length: 100 }, (_, n) => ({ level: 'info', message: `line ${n}` }));
    const reports = Array.from({ length: 12 }, () => ({ logs }));
    expect((await client.post(`/api/jobs/${id}/progress/batch`, { reports })).status).toBe(200);
    const first = (await client.get(`/api/jobs/${id}/logs?q=nowhere`)).json;
    expect([first.logs, typeof first.next_cursor]).toEqual([[], 'string']);
    const second = (await client.get(`/api/jobs/${id}/logs?q=nowhere&cursor=${first.next_cursor}`)).json;
    expect(second).toEqual({ logs: [], next_cursor: null });
  });
});
