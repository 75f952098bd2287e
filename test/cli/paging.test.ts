/** Commands that list go on over pages that are short or empty, as the service may answer. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { offered } from '../../src/cli/watch/choose.ts';
import { Headway } from '../../src/client/index.ts';
import { headway } from './tool.ts';

/** Answers each `GET` by what `page` makes of its address, as JSON. */
async function served(page: (asked: URL) => unknown): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, answer) => {
    asked.push(`${request.url}`);
    answer.setHeader('Content-Type', 'application/json');
    answer.end(JSON.stringify(page(new URL(`${request.url}`, 'http://here'))));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  after(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, asked };
}

test('events are read over short and empty pages, to as many as were asked for or to the end of the feed', async () => {
  const event = (n: number) => ({
    id: `${n}`,
    type: 'job.failed',
    job_id: 'j',
    revision: n,
    at: `${n}`,
    data: {},
  });
  // Two events a page, and before the last of nine three pages without any.
  const events = Array.from({ length: 9 }, (_, n) => event(n + 1));
  const feed = await served(({ searchParams }) => {
    const place = Number(searchParams.get('after') ?? 0);
    const limit = Number(searchParams.get('limit'));
    if (place >= 8 && place < 11) return { events: [], next_cursor: `${place + 1}` };
    const from = place >= 11 ? place - 3 : place;
    const page = events.slice(from, from + Math.min(2, limit));
    return { events: page, next_cursor: `${place + page.length}` };
  });
  const lines = async (...args: string[]) => {
    const { code, stdout, stderr } = await headway(['events', '-o', 'jsonl', ...args], {
      HEADWAY_URL: feed.url,
    });
    assert.deepEqual([code, stderr], [0, '']);
    return stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  };
  const ids = async (...args: string[]) => (await lines(...args)).map(({ revision }) => revision);
  assert.deepEqual(await ids(), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
  assert.deepEqual(await ids('--limit', '3'), [1, 2, 3]);
  assert.deepEqual(await ids('--limit', '1', '--after', '8'), [9]);
  assert.deepEqual(await ids('--limit', '0', '--after', '6'), [7, 8, 9]);
  // What is behind the last line.
  const { cursor } = (await lines('--limit', '4')).at(-1);
  assert.deepEqual(await ids('--after', cursor), [5, 6, 7, 8, 9]);
  feed.asked.length = 0;
  assert.deepEqual(await ids('--limit', '250', '--event', 'job.failed'), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
  assert.ok(feed.asked.every((path) => path.includes('types=job.failed') && path.includes('limit=100')));
  // One that grows as fast as it is read has no end to come to.
  const busy = await served(({ searchParams }) => ({
    events: [],
    next_cursor: `${Number(searchParams.get('after')) + 1}`,
  }));
  const none = await headway(['events', '--event', 'job.failed'], { HEADWAY_URL: busy.url });
  assert.deepEqual([none.code, none.stdout], [0, '']);
});

test('jobs to choose from are looked for over short and empty pages', async () => {
  const job = (n: number, status: string) => ({ job_id: `${n}`, status });
  const list = await served(({ searchParams }) => {
    const isOpen = searchParams.has('status');
    const cursor = searchParams.get('cursor');
    if (cursor === null) return { jobs: [], next_cursor: 'a' };
    if (cursor === 'a')
      return { jobs: isOpen ? [job(3, 'in_progress')] : [job(4, 'failed')], next_cursor: 'b' };
    return {
      jobs: isOpen ? [job(1, 'pending')] : [job(3, 'in_progress'), job(2, 'completed')],
      next_cursor: null,
    };
  });
  const found = await offered(new Headway({ url: list.url, apiKey: 'hw_x' }));
  assert.deepEqual(
    found.map(({ job_id }) => job_id),
    ['3', '1', '4', '2'],
  );
});
