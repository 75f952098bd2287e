/** The feed of an index whose tables are those of the first version. */
import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { expect, it, vi } from 'vitest';
import type { Summary } from '../../src/domain/job/summary';
import { tableNamesOf } from '../../src/objects/kit/turning-tables';
import { ORG_INDEX_MIGRATIONS, TOMBSTONE_TABLES } from '../../src/objects/org-index/org-index-schema';
import { makeClient } from '../support/client';
import { indexStub } from '../support/objects';
import { insertOldSummary } from '../support/old-summaries';

it('an index object that was made before the feed could be read tells its old events with what they have, and takes new ones', async () => {
  const client = await makeClient();
  const id = await client.createJob({ name: 'Old' });
  const index = indexStub(client.organization);
  const [listed] = (await index.list({}, null, 1)) as Summary[];
  await runInDurableObject(index, (_index, { storage }) => {
    const sql = storage.sql;
    const added = ['organization_id', 'name', 'category', 'tags', 'triggered_by'].map(
      (field) => `'$.${field}'`,
    );
    const [row] = sql.exec('SELECT (SELECT period FROM feed_period) % 4 AS number').toArray();
    sql.exec(`UPDATE feed_${row?.number} SET body = json_remove(body, ${added.join(', ')})`);
    sql.exec('ALTER TABLE feed_period DROP COLUMN since');
    for (const table of tableNamesOf('feed', 4)) sql.exec(`ALTER TABLE ${table} DROP COLUMN bytes`);
    const later = [
      'endpoint',
      'job_count',
      'job_history',
      'recount',
      'subscriber',
      'sweep',
      'rollup',
      'child',
      'subscriber_source',
      'tombstone_period',
      'summary_term',
      'summary',
    ];
    for (const table of [...later, ...tableNamesOf('tombstone', TOMBSTONE_TABLES)])
      sql.exec(`DROP TABLE ${table}`);
    for (const statement of ORG_INDEX_MIGRATIONS[0]?.statements.slice(0, 2) ?? []) sql.exec(statement);
    if (listed !== undefined) insertOldSummary(sql, listed);
    sql.exec('UPDATE schema SET version = 1');
  });
  await evictDurableObject(index);
  const before = await client.get('/api/events');
  expect(before.json.events).toHaveLength(1);
  expect(before.json.events[0]).toMatchObject({ id: `${id}.1.job.created`, job_id: id, revision: 1 });
  expect(before.json.events[0].data).toMatchObject({ job_id: id, revision: 1, job_type: 'import' });
  expect(before.json.events[0].data).not.toHaveProperty('name');

  await client.report(id, { mark_started: true });
  await client.report(id, { processed_items: 4 });
  await vi.waitFor(async () => {
    const { events } = (await client.get('/api/events')).json;
    expect(events.map(({ type }: { type: string }) => type)).toEqual([
      ...['job.created', 'job.started', 'job.progressed'],
    ]);
  });
  const after = await client.get(`/api/events?after=${before.json.next_cursor}`);
  expect(after.json.events[0].data).toMatchObject({ name: 'Old', organization_id: client.organization });
});
