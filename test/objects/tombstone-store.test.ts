import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { DAY } from '../../src/domain/base/time';
import type { FeedBody } from '../../src/domain/feed/feed';
import { tombstoneLife } from '../../src/domain/feed/retention';
import { migrateByTable } from '../../src/objects/kit/migrate';
import { FeedStore } from '../../src/objects/org-index/feed-store';
import { ORG_INDEX_MIGRATIONS } from '../../src/objects/org-index/org-index-schema';
import { OrgIndexStore } from '../../src/objects/org-index/org-index-store';
import { TombstoneStore } from '../../src/objects/org-index/tombstone-store';
import { makeClient } from '../support/client';
import { indexStub } from '../support/objects';

const START = Date.UTC(2026, 0, 1);
let objects = 0;

/** Runs `work` over the tables of an object of its own, as the `upTo`th migration left them. */
function withTables<Answer>(work: (sql: SqlStorage) => Answer, upTo?: number): Promise<Answer> {
  return runInDurableObject(env.ORG_INDEX.getByName(`tombstones-${++objects}/0`), (_index, { storage }) => {
    migrateByTable(storage.sql, ORG_INDEX_MIGRATIONS, upTo);
    return work(storage.sql);
  });
}

const event = (type: string) => [{ revision: 1, at: START, body: { type } as FeedBody }];

describe.each([
  [1, 14],
  [30, 40],
  [365, 487],
])('with a feed that keeps %i days', (days, longest) => {
  it(`a deleted job is remembered while the feed may hold a row of it: up to ${longest} days`, async () => {
    expect(Math.ceil(tombstoneLife(days) / DAY)).toBe(longest);
    await withTables((sql) => {
      const [feed, tombstones] = [new FeedStore(sql, days), new TombstoneStore(sql, days)];
      const holds = () =>
        feed.page({ after: 0, limit: 10_000 }).events.some(({ job_id }) => job_id === 'gone');
      // Wherever in a table's turn it was deleted.
      for (let hours = 0; hours < 5; hours++) {
        const deleted = START + hours * 7 * longest * DAY;
        feed.append('other', event('job.created'), deleted - hours * 3.7 * DAY);
        feed.append('gone', event('job.deleted'), deleted);
        tombstones.put('gone', { revision: 9, through: 3 }, deleted);
        for (let day = 1; day <= longest + 2; day++) {
          const now = deleted + day * DAY;
          feed.append('other', event('job.created'), now);
          if (holds()) expect(tombstones.get('gone', now), `day ${day}`).toEqual({ revision: 9, through: 3 });
          tombstones.put(`other-${day}`, { revision: 1, through: 1 }, now);
        }
        expect(holds()).toBe(false);
        expect(tombstones.get('gone', deleted + (longest + 1) * DAY)).toBeNull();
      }
    });
  });
});

it('a job that is told of again is remembered as it was told last, whichever table it stands in', async () => {
  await withTables((sql) => {
    const tombstones = new TombstoneStore(sql, 30);
    tombstones.put('gone', { revision: 9, through: 200 }, START);
    tombstones.put('gone', { revision: 9, through: 400 }, START + 1);
    expect(tombstones.get('gone', START + 1)).toEqual({ revision: 9, through: 400 });
    tombstones.put('gone', { revision: 9, through: 500 }, START + 21 * DAY);
    expect(tombstones.get('gone', START + 21 * DAY)).toEqual({ revision: 9, through: 500 });
  });
});

it('no row is deleted, however many jobs are forgotten', async () => {
  await withTables((sql) => {
    const tombstones = new TombstoneStore(sql, 30);
    for (let day = 0; day < 200; day++)
      tombstones.put(`gone-${day}`, { revision: 1, through: 1 }, START + day * DAY);
    const left = [0, 1, 2].map((n) => sql.exec(`SELECT count(*) AS rows FROM tombstone_${n}`).one().rows);
    expect(Math.max(...left.map(Number))).toBeLessThanOrEqual(20);
    expect(tombstones.get('gone-199', START + 200 * DAY)).not.toBeNull();
  });
});

it('an index goes on with the tombstones and the feed of the version before', async () => {
  await withTables((sql) => {
    sql.exec(
      "INSERT INTO tombstone VALUES ('fresh', 5, 4, ?), ('past', 5, 4, ?)",
      START + 7 * DAY,
      START - 1,
    );
    const period = Math.floor(START / (10 * DAY));
    sql.exec('INSERT INTO feed_period (period, since) VALUES (?, NULL)', period);
    sql.exec(`INSERT INTO feed_${period % 4} VALUES (1, ?, 'a', 1, '{"type":"job.created"}')`, START);
    const store = new OrgIndexStore(sql);
    store.prepare();
    const place = { created_at: 1 };
    expect(store.kept({ ...place, job_id: 'fresh' }, START)).toMatchObject({
      revision: 5,
      through: 4,
      status: null,
    });
    expect(store.kept({ ...place, job_id: 'past' }, START)).toBeNull();
    const feed = new FeedStore(sql, 30);
    feed.append('a', event('job.started'), START + 1);
    expect(feed.page({ after: 0, limit: 10 }).events.map(({ seq }) => seq)).toEqual([1, 2]);
    // What was kept for a week is gone with the first turn, and can be written still by a version that is put back.
    store.remove({ ...place, job_id: 'b' }, 1, 1, START + 8 * DAY);
    store.remove({ ...place, job_id: 'c' }, 1, 1, START + 30 * DAY);
    expect(sql.exec('SELECT job_id FROM tombstone').toArray()).toEqual([]);
  }, 3);
});

it('a deleted job arms no alarm in its index', async () => {
  const client = await makeClient();
  const id = await client.createJob();
  await client.report(id, { mark_completed: true });
  expect((await client.send('DELETE', `/api/jobs/${id}`)).status).toBe(204);
  const alarm = await runInDurableObject(indexStub(client.organization), (_index, { storage }) =>
    storage.getAlarm(),
  );
  expect(alarm === null || alarm < Date.now() + 60_000).toBe(true);
});
