import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { feedResponse } from '../../src/dialects/native/feed/schemas';
import type { Publication } from '../../src/domain/feed/publication';
import { RINGS } from '../../src/objects/job/job-schema';
import { OrgIndexDO } from '../../src/objects/org-index/org-index-do';
import { type Client, makeClient } from '../support/client';
import { jobStub } from '../support/objects';
import { rowsTo } from '../support/rows-read';

/** A job whose index was away for longer than the job keeps its events. */

const TOLD = 3_000;
const LOST = TOLD - RINGS.event.slots;

let client: Client;
beforeEach(async () => {
  client = await makeClient();
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** A job with 3,000 events of which its index has none; it has the newest 2,048 itself. */
async function jobAhead(): Promise<string> {
  const away = vi.spyOn(OrgIndexDO.prototype, 'publish').mockRejectedValue(new Error('the index is away'));
  const id = await client.createJob();
  await client.report(id, { mark_started: true });
  const stub = await jobStub(client.organization, id);
  await runInDurableObject(stub, (_job, { storage: { sql } }) => {
    const { base, slots } = RINGS.event;
    const { body } = sql.exec(`SELECT body FROM entry WHERE slot = ${base + 2}`).one();
    sql.exec(`DELETE FROM entry WHERE slot BETWEEN ${base} AND ${base + slots - 1}`);
    sql.exec(
      `INSERT INTO entry (slot, n, revision, k, at, body) ${rowsTo(TOLD, `${base} + n % ${slots}, n, n, 0, ?, ?`, LOST + 1)}`,
      ...[Date.now(), String(body)],
    );
    sql.exec('UPDATE job SET events_total = ?, revision = ?', TOLD, TOLD);
  });
  away.mockRestore();
  await evictDurableObject(stub);
  return id;
}

/** Everything that the feed has. */
async function feed() {
  const events: { type: string; revision: number; data: { missed?: number } }[] = [];
  for (let path = '/api/events?limit=100'; ; ) {
    const page = feedResponse.parse((await client.get(path)).json);
    events.push(...(page.events as typeof events));
    if (page.events.length === 0) return events;
    path = `/api/events?limit=100&after=${page.next_cursor}`;
  }
}

it('publishes again, its next event says how many were lost, and what follows is whole', async () => {
  const id = await jobAhead();
  await runDurableObjectAlarm(await jobStub(client.organization, id));
  const events = await feed();
  expect(events.map(({ revision }) => revision)).toEqual(
    Array.from({ length: RINGS.event.slots }, (_, n) => LOST + 1 + n),
  );
  expect(
    events.flatMap(({ data }, index) => (data.missed === undefined ? [] : [[index, data.missed]])),
  ).toEqual([[0, LOST]]);
  await client.report(id, { stage: 'writing' });
  await vi.waitFor(async () => expect((await feed()).at(-1)).toMatchObject({ type: 'job.stage_changed' }));
  expect((await client.get('/api/jobs/')).json.jobs[0]).toMatchObject({ job_id: id, stage: 'writing' });
});

it('can be removed', async () => {
  const id = await jobAhead();
  const stub = await jobStub(client.organization, id);
  await runDurableObjectAlarm(stub);
  await client.report(id, { mark_completed: true });
  expect((await client.send('DELETE', `/api/jobs/${id}`)).status).toBe(204);
  await runDurableObjectAlarm(stub);
  const left = await runInDurableObject(stub, (_job, { storage: { sql } }) =>
    sql.exec("SELECT name FROM sqlite_master WHERE name = 'job'").toArray(),
  );
  expect(left).toEqual([]);
  expect((await feed()).at(-1)).toMatchObject({ type: 'job.deleted' });
  expect((await client.get('/api/jobs/')).json.jobs).toEqual([]);
});

it('waits without loss while its index is of an older build, and goes on once it is not', async () => {
  const id = await jobAhead();
  const publish = OrgIndexDO.prototype.publish;
  // An older index takes it for a hole: it changes nothing.
  const older = vi.spyOn(OrgIndexDO.prototype, 'publish').mockImplementation(function (
    this: OrgIndexDO,
    { oldest: _unknown, ...known }: Publication,
  ) {
    return publish.call(this, known);
  });
  const stub = await jobStub(client.organization, id);
  await runDurableObjectAlarm(stub);
  expect(older).toHaveBeenCalled();
  expect(await feed()).toEqual([]);
  older.mockRestore();
  await runDurableObjectAlarm(stub);
  expect(await feed()).toHaveLength(RINGS.event.slots);
});
