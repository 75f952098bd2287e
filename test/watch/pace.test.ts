import { beforeAll, expect, it, vi } from 'vitest';
import { controlOf } from '../../src/domain/job/control';
import { type Client, makeClient } from '../support/client';
import { openSocket } from '../support/socket';
import { openStream } from '../support/stream';

let client: Client;
beforeAll(async () => {
  client = await makeClient();
});

it.each([
  [null, 0, 15],
  [null, 1, 2],
  [60, 0, 15],
  [60, 3, 2],
  [44, 0, 14],
  [10, 0, 3],
  [10, 1, 2],
])('a heartbeat timeout of %j s and %d watchers: a report every %d s', (timeout, watchers, pace) => {
  const job = { cancellation: null, heartbeat_timeout_seconds: timeout };
  expect(controlOf(job, watchers).next_report_in_seconds).toBe(pace);
});

it('every answer to a worker knows whether anyone watches, and no GET shows it', async () => {
  const id = await client.createJob();
  const answers = async () => {
    const path = `/api/jobs/${id}`;
    const all = [
      await client.report(id, { processed_items: 1 }),
      await client.post(`${path}/heartbeat`),
      await client.post(`${path}/progress/batch`, { reports: [{ processed_items: 1 }] }),
    ];
    return new Set(all.map(({ json }) => json.control.next_report_in_seconds));
  };
  const unwatched = await client.get(`/api/jobs/${id}`);
  expect(await answers()).toEqual(new Set([15]));
  for (const open of [openStream, openSocket]) {
    const watcher = await open(client, id);
    await watcher.next();
    expect(await answers()).toEqual(new Set([2]));
    expect(Object.keys((await client.get(`/api/jobs/${id}`)).json)).toEqual(Object.keys(unwatched.json));
    await watcher.close();
    await vi.waitFor(async () => expect(await answers()).toEqual(new Set([15])), { timeout: 5_000 });
  }
  const poll = client.get(`/api/jobs/${id}?wait=5&until=terminal`);
  await vi.waitFor(async () => expect(await answers()).toEqual(new Set([2])), { timeout: 4_000 });
  await client.report(id, { mark_completed: true });
  expect((await poll).json.status).toBe('completed');
  const late = await client.report(id, { processed_items: 2 });
  expect([late.status, late.json.control.next_report_in_seconds]).toEqual([409, 15]);
});
