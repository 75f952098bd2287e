/** An export is the whole list, once, in pieces that go on from one another; what breaks off shows that it did. */
import { env, exports } from 'cloudflare:workers';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { configOf } from '../../../src/config';
import { SHOWN_FIELDS } from '../../../src/domain/job/fields';
import { type Summary, summarize } from '../../../src/domain/job/summary';
import { download } from '../../../src/http/download';
import { SummaryList } from '../../../src/objects/org-index/summary-list';
import type { Caller } from '../../../src/services/access/caller';
import { exportJobs } from '../../../src/services/jobs/export-jobs';
import { ShardExport } from '../../../src/services/jobs/shard-export';
import { freshJob } from '../../support/arbitraries';
import { type Client, makeClient, ORIGIN, send } from '../../support/client';
import { indexStub } from '../../support/objects';

const JOBS = 2_300;
const TEXTS = ['=1+1', '+1', '-1', '@SUM(A1)', '\t1', '\r1', 'a,"b"\r\nc', '', "'=1", 'plain'];
const encoder = new TextEncoder();
let client: Client;
let listed: Summary[];

function summary(n: number): Summary {
  const job_id = `00000000-0000-8000-8000-${String(n).padStart(12, '0')}`;
  const job_type = n % 7 === 0 ? 'rare' : 'import';
  const last_message = TEXTS[n % TEXTS.length] ?? null;
  // Several share a time: the id decides then.
  return { ...summarize(freshJob({ job_type })), job_id, created_at: Math.floor(n / 3), last_message };
}

/** The last shard has most of them. */
async function fill(organization: string, count: number, shards: number): Promise<Summary[]> {
  const jobs = Array.from({ length: count }, (_, n) => ({ ...summary(n), organization_id: organization }));
  await Promise.all(
    jobs.map((job, n) =>
      indexStub(organization, Math.min(n % 7, shards - 1)).publish({
        ...{ summary: job, events: [], through: 0, deleted: false },
      }),
    ),
  );
  return jobs.toSorted((a, b) => b.created_at - a.created_at || (a.job_id < b.job_id ? 1 : -1));
}

beforeAll(async () => {
  client = await makeClient();
  listed = await fill(client.organization, JOBS, 1);
});

afterEach(() => void vi.restoreAllMocks());

const ids = (jobs: readonly { job_id: string }[]) => jobs.map(({ job_id }) => job_id);
const linesOf = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

async function ndjson(query = '') {
  const answer = await client.get(`/api/jobs/export${query}`);
  expect(answer.status, answer.text).toBe(200);
  const lines = linesOf(answer.text);
  return {
    answer,
    jobs: lines.filter((line) => 'job_id' in line),
    cursors: lines.flatMap((line) => line.cursor ?? []),
    last: lines.at(-1),
  };
}

describe('ndjson', () => {
  it('has every job once, newest first, as the list shows it, and says that it is whole', async () => {
    const { answer, jobs, cursors, last } = await ndjson();
    expect(ids(jobs)).toEqual(ids(listed));
    expect(last).toEqual({ end: { jobs: JOBS, next_cursor: null } });
    expect(cursors.length).toBe(2);
    const page = await client.get('/api/jobs?limit=100');
    expect(jobs.slice(0, 100)).toEqual(page.json.jobs);
    expect(answer.headers.get('Content-Type')).toBe('application/x-ndjson');
    expect(answer.headers.get('Content-Length')).toBeNull();
  });

  it('goes on from each of its cursors, and from one of the list', async () => {
    const whole = await ndjson();
    const { next_cursor } = (await client.get('/api/jobs?limit=10')).json;
    const first = await ndjson('?limit=10');
    expect(first.last).toEqual({ end: { jobs: 10, next_cursor } });
    for (const cursor of [...whole.cursors, next_cursor]) {
      const rest = await ndjson(`?cursor=${encodeURIComponent(cursor)}`);
      expect(rest.jobs).toEqual(whole.jobs.slice(-rest.jobs.length));
      expect(rest.last.end.jobs).toBe(rest.jobs.length);
    }
    const pieces = [first.jobs];
    for (let cursor = next_cursor; cursor !== null; ) {
      const piece = await ndjson(`?limit=1000&cursor=${encodeURIComponent(cursor)}`);
      pieces.push(piece.jobs);
      cursor = piece.last.end.next_cursor;
    }
    expect(pieces.map((piece) => piece.length)).toEqual([10, 1_000, 1_000, 290]);
    expect(pieces.flat()).toEqual(whole.jobs);
  });

  it.each([
    ['?job_type=rare', ({ job_type }: Summary) => job_type === 'rare'],
    [
      '?created_before=100&job_type=rare',
      (job: Summary) => job.created_at < 100_000 && job.job_type === 'rare',
    ],
    ['?status=completed', () => false],
    [`?${Array.from({ length: 11 }, (_, n) => `tag=${n}`).join('&')}`, () => false],
  ])('takes the list’s filters: %s', async (query, matches) => {
    const { jobs, last } = await ndjson(query);
    const found = listed.filter(matches);
    expect(ids(jobs)).toEqual(ids(found));
    expect(last).toEqual({ end: { jobs: found.length, next_cursor: null } });
  });
});

describe('csv', () => {
  it('is a row a job under the names, texts that begin a formula told apart, and a last row to the width', async () => {
    const { text, headers } = await client.get('/api/jobs/export?format=csv&limit=20');
    expect(headers.get('Content-Type')).toBe('text/csv; charset=utf-8; header=present');
    const rows = text.split(/\r\n(?=[0-9#]|$)/);
    const names = [...SHOWN_FIELDS.map(({ name }) => name), 'updated_at', 'slow', 'expected_at'];
    expect(rows[0]).toMatch(new RegExp(`^${names.join(',')}`));
    const shown = [
      "'=1+1",
      "'+1",
      "'-1",
      "'@SUM(A1)",
      "'\t1",
      `"'\r1"`,
      '"a,""b""\r\nc"',
      '""',
      "'=1",
      'plain',
    ];
    for (const one of shown) expect(text.split(`,${one},`).length, one).toBe(3);
    expect(text.split('\r\n').at(-2)).toMatch(/^#end,20,[\w-]+,+$/);
    expect(text.split('\r\n').at(-2)?.split(',').length).toBe(names.length);
  });
});

describe('over several shards', () => {
  it('merges what each has into one order, whatever the filter passes over', async () => {
    const { organization } = await makeClient();
    const jobs = await fill(organization, 700, 3);
    const principal = { organization, permissions: [], since: Date.now() };
    const config = { ...configOf(env), shards: 4 };
    const caller = { env, config, principal, renew: async () => true } as unknown as Caller;
    for (const filter of [{}, { job_type: 'rare' }, { created_after: 50, created_before: 60 }]) {
      const found = await exportJobs(caller, filter, { scope: 's', position: null, limit: null });
      if (!found.ok) throw new Error(found.rejection.detail);
      const came: string[] = [];
      for await (const part of found.value.parts) if ('jobs' in part) came.push(...ids(part.jobs));
      const { job_type, created_after = 0, created_before = 1e9 } = filter as Record<string, never>;
      const wanted = jobs.filter(
        (job) =>
          (job_type ?? job.job_type) === job.job_type &&
          job.created_at >= created_after &&
          job.created_at < created_before,
      );
      expect(came).toEqual(ids(wanted));
    }
  });

  it('stops where the credential stands no more', async () => {
    const principal = { organization: client.organization, permissions: [], since: 0, until: 1 };
    const caller = { env, config: configOf(env), principal, renew: async () => false } as unknown as Caller;
    const found = await exportJobs(caller, {}, { scope: 's', position: null, limit: null });
    if (!found.ok) throw new Error(found.rejection.detail);
    await expect(found.value.parts.next()).rejects.toThrow('the credential');
    await found.value.close();
  });
});

describe('a reader', () => {
  const open = (by = client) => {
    const headers = { Authorization: `Bearer ${by.key}` };
    return exports.default.fetch(new Request(`${ORIGIN}/api/jobs/export`, { headers }));
  };

  it('that reads nothing, or goes, has little read for it', async () => {
    const part = vi.spyOn(SummaryList.prototype, 'part');
    const { body } = await open();
    const reader = (body as ReadableStream<Uint8Array>).getReader();
    await reader.read();
    await scheduler.wait(300);
    const few = part.mock.calls.length;
    expect(few).toBeLessThan(8);
    await reader.cancel();
    await scheduler.wait(300);
    expect(part.mock.calls.length).toBeLessThanOrEqual(few + 2);
    part.mockClear();
    await ndjson();
    expect(part.mock.calls.length).toBeGreaterThan(11);
  });

  it('counts as one that holds a stream open, but for HEAD, which holds nothing', async () => {
    const other = await makeClient();
    const limits = { body: { limits: { streams: 1 } } };
    expect((await send(env.ADMIN_TOKEN, 'PATCH', `/admin/orgs/${other.organization}`, limits)).status).toBe(
      200,
    );
    for (const method of ['HEAD', 'HEAD', 'GET', 'GET']) {
      expect((await other.send(method, '/api/jobs/export')).status).toBe(200);
    }
    const { body } = await open(other);
    expect((await other.get('/api/jobs/export')).json.code).toBe('quota_exceeded');
    await body?.cancel();
    await vi.waitFor(async () => expect((await other.get('/api/jobs/export')).status).toBe(200));
  });

  it('sees where it breaks off: no end, and an error in place of it', async () => {
    async function* parts() {
      yield 'one\n';
      throw new Error('gone');
    }
    const closed = vi.fn();
    const reader = download(parts(), closed).getReader();
    expect(new TextDecoder().decode((await reader.read()).value)).toBe('one\n');
    await expect(reader.read()).rejects.toThrow('gone');
    expect(closed).toHaveBeenCalledTimes(1);
  });

  it('that takes nothing for long is given up', async () => {
    async function* parts() {
      for (;;) yield 'more\n';
    }
    const closed = vi.fn();
    const reader = download(parts(), closed, 20).getReader();
    await reader.read();
    await vi.waitFor(() => expect(closed).toHaveBeenCalledTimes(1));
    await expect(reader.read()).rejects.toThrow('nobody reads');
  });
});

describe('a shard', () => {
  const job = (n: number) => ({ ...summary(n), created_at: n });
  const stream = (lines: readonly unknown[], fails: boolean) =>
    new ReadableStream<Uint8Array>({
      pull(controller) {
        const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
        // Pieces end anywhere.
        for (let at = 0; at < text.length; at += 997)
          controller.enqueue(encoder.encode(text.slice(at, at + 997)));
        if (fails) controller.enqueue(encoder.encode('{"job_id":"half'));
        if (fails) controller.error(new Error('broken'));
        else controller.close();
      },
    });

  it('whose stream breaks, or ends before its time, goes on from the last job that came whole', async () => {
    const asked: (number | null)[] = [];
    const lives = [
      () => stream([job(9), job(8), { through: { created_at: 8, job_id: job(8).job_id } }, job(7)], false),
      () => stream([job(6)], false),
      () => stream([], true),
      () => stream([{ through: { created_at: 3, job_id: job(3).job_id } }], false),
      () => stream([job(2), { through: null }], false),
    ];
    const shard = new ShardExport(async (before) => {
      asked.push(before?.created_at ?? null);
      return (lives.shift() as () => ReadableStream<Uint8Array>)();
    }, null);
    const came: number[] = [];
    while (!shard.whole || shard.jobs.length > 0) {
      await shard.fill();
      came.push(...shard.jobs.splice(0).map(({ created_at }) => created_at));
    }
    expect(came).toEqual([9, 8, 7, 6, 2]);
    expect(asked).toEqual([null, 7, 6, 6, 3]);
  });

  it('that stays away is given up', async () => {
    const open = vi.fn(async () => {
      throw new Error('away');
    });
    await expect(new ShardExport(open, null).fill(2)).rejects.toThrow('away');
    expect(open).toHaveBeenCalledTimes(2);
  });
});
