/** A process that may have few files open, and more jobs asked for at once than fit into them. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Live, SECRETS } from './live.ts';

/** A hundred are the process's own, each object in use holds three: 75 sleeping jobs are opened at once, 50 asked for a verification. */
const FILES = 400;
const JOBS = 100;
const AT_ONCE = 8;
/** Times that a request is refused at most, a second apart: objects count as in use for 15. */
const PATIENCE = 40;

let live: Live;
let jobs: string[];
before(async () => {
  live = await Live.start();
  const { client } = live;
  jobs = [];
  await sideBySide(Array.from({ length: JOBS }), async () => {
    jobs.push(await client.createJob());
  });
  await live.crash(undefined, { OPEN_FILES: String(FILES) });
  execFileSync('prlimit', [`--pid=${live.pid}`, `--nofile=${FILES}:${FILES}`]);
});
after(() => live?.stop());

async function sideBySide<Item>(
  items: Iterable<Item>,
  work: (item: Item) => Promise<unknown>,
): Promise<void> {
  const rest = items[Symbol.iterator]();
  const worker = async () => {
    for (let next = rest.next(); !next.done; next = rest.next()) await work(next.value);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

/** Asks until it is not refused for want of room, and counts how often it was. */
// biome-ignore lint/suspicious/noExplicitAny: a test reads whatever came back
async function insist(path: string, init: RequestInit = {}): Promise<{ json: any; refused: number }> {
  for (let refused = 0; ; refused++) {
    const headers = { Authorization: `Bearer ${live.client.apiKey}`, ...init.headers };
    const answer = await fetch(live.client.url + path, { ...init, headers });
    const json = JSON.parse(await answer.text());
    if (answer.status === 200) return { json, refused };
    assert.deepEqual([answer.status, json.code], [503, 'overloaded']);
    assert.ok(refused < PATIENCE, 'there was never room');
    await sleep(Number(answer.headers.get('Retry-After')) * 1_000);
  }
}

test('each sleeping job is read in the end, and those that do not fit are told to come again', async () => {
  let refused = 0;
  await sideBySide(jobs, async (id) => {
    const answer = await insist(`/api/jobs/${id}`);
    assert.equal(answer.json.job_id, id);
    refused += answer.refused;
  });
  assert.ok(refused > 0);
});

test('a report to a sleeping job, and whoever would watch it, are told to come again while none fits', async () => {
  const { client } = live;
  const headers = { Authorization: `Bearer ${client.apiKey}` };
  const shut: string[] = [];
  await sideBySide(jobs, async (id) => {
    if ((await client.get(`/api/jobs/${id}`)).status === 503) shut.push(id);
  });
  const path = `${client.url}/api/jobs/${shut[0]}`;
  const body = JSON.stringify({ processed_items: 1 });
  const asked = [
    await fetch(`${path}/progress`, {
      method: 'POST',
      headers: { ...headers, 'Content-Type': 'application/json' },
      body,
    }),
    await fetch(`${path}/stream`, { headers }),
    await fetch(`${path}?wait=1`, { headers }),
  ];
  for (const answer of asked) {
    assert.deepEqual([answer.status, JSON.parse(await answer.text()).code], [503, 'overloaded']);
    assert.equal(answer.headers.get('Retry-After'), '1');
  }
});

test('a verification asks as many jobs as fit, and goes on where it stopped', async () => {
  let checked = 0;
  let cursor: string | null = '';
  while (cursor !== null) {
    const { organization } = live.client;
    const path: string = `/admin/orgs/${organization}/index/verify${cursor && `?cursor=${cursor}`}`;
    const { json } = await insist(path, {
      method: 'POST',
      headers: { Authorization: `Bearer ${SECRETS.ADMIN_TOKEN}` },
    });
    checked += json.checked;
    cursor = json.next_cursor;
  }
  assert.equal(checked, JOBS);
});
