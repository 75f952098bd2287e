/**
 * Tokens for all jobs that a filter lets through × every route of the table: a job that does not match is the 404 of a job
 * that never was, byte for byte; lists, feed and stream are of those that do.
 */
import { runInDurableObject } from 'cloudflare:test';
import { exports } from 'cloudflare:workers';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { FeedBody, FeedPage } from '../../src/domain/feed/feed';
import { FeedStore } from '../../src/objects/org-index/feed-store';
import { reachedPage } from '../../src/services/access/reach';
import { type Client, makeClient, ORIGIN, send } from '../support/client.ts';
import { indexStub } from '../support/objects.ts';
import { ROUTES } from '../support/routes.ts';
import { openSocketByToken } from '../support/socket.ts';
import { StreamReader } from '../support/stream.ts';
import { LISTS, makeFilterToken, OPENED } from '../support/tokens.ts';
import { expectRefusal, fingerprint } from './refusal.ts';
import { address, goodAsk, NOBODY, type Route, type Tenant, title, titled } from './tenants.ts';

const MATCHING = { job_type: 'export', tags: ['night', 'wall'] };
const FILTERS = {
  type: { job_type: 'export' },
  tag: { tag: 'wall' },
  both: { job_type: 'export', tag: 'wall' },
};
type By = keyof typeof FILTERS;
const KINDS = Object.keys(FILTERS) as By[];
const PICTURES = [...OPENED.picture, 'GET /api/badges/:badge'];
const OPENED_BY = {
  picture: PICTURES,
  read: [...PICTURES, ...OPENED.read, ...LISTS, 'GET /api/jobs/:job_id/children'],
};
const SCOPES = ['picture', 'read'] as const;

const CLOSED = ROUTES.filter((route) => route.surface !== 'open' && !route.byPath);
const OF_A_JOB = CLOSED.filter((route) => route.hasJobId && OPENED_BY.read.includes(title(route)));

let client: Client;
let mine: Tenant;
let foreign: string;
let tokens: Record<By, string>;
let pictures: string;
/** Jobs that each filter does not let through. */
let others: Record<By, string[]>;

beforeAll(async () => {
  client = await makeClient();
  const theirs = await makeClient();
  foreign = await theirs.createJob(MATCHING);
  mine = {
    client,
    badge: 'export.svg',
    running: await client.createJob(MATCHING),
    ended: await client.createJob(MATCHING),
    deleted: await client.createJob(MATCHING),
  };
  for (const job of [mine.ended, mine.deleted]) await client.report(job, { mark_completed: true });
  expect((await client.send('DELETE', `/api/jobs/${mine.deleted}`)).status).toBe(204);
  const otherType = await client.createJob({ ...MATCHING, job_type: 'import' });
  const otherTags = [await client.createJob({ ...MATCHING, tags: ['wall2', 'Wall'] })];
  otherTags.push(await client.createJob({ ...MATCHING, tags: [] }));
  others = { type: [otherType], tag: otherTags, both: [otherType, ...otherTags] };
  const made = KINDS.map(async (kind) => [kind, (await makeFilterToken(client, FILTERS[kind])).token]);
  tokens = Object.fromEntries(await Promise.all(made));
  pictures = (await makeFilterToken(client, FILTERS.both, 'picture')).token;
});

const welcome = ({ path }: Route) => (path.endsWith('/socket') ? 101 : 200);

describe.each(titled(CLOSED))('%s', (_, route) => {
  it.each(SCOPES)('a token of scope %s', async (scope) => {
    // By tag no job is counted.
    const reading = route.path === '/api/jobs/stats' ? tokens.type : tokens.both;
    const text = scope === 'read' ? reading : pictures;
    const own = await send(text, route.method, address(route, mine.running, mine), goodAsk(route));
    if (OPENED_BY[scope].includes(title(route))) {
      expect(own.status, own.text).toBe(welcome(route));
      expect(own.headers.get('Access-Control-Allow-Origin')).toBe('*');
      expect(own.headers.has('Access-Control-Allow-Credentials')).toBe(false);
      return;
    }
    const [status, code] =
      route.surface === 'admin' ? ([401, 'unauthenticated'] as const) : ([403, 'permission_denied'] as const);
    expectRefusal(own, status, code, route.surface);
    const answers = new Set([fingerprint(own)]);
    for (const id of [others.both[0] ?? '', NOBODY])
      answers.add(fingerprint(await send(text, route.method, address(route, id, mine), goodAsk(route))));
    expect(answers.size, [...answers].join('\n')).toBe(1);
  });
});

it('the line’s routes are closed to it', async () => {
  for (const route of ROUTES.filter(({ byPath }) => byPath)) {
    const path = route.path.replace(':token', tokens.both).replaceAll(/:\w+/g, '1');
    expect((await send(null, route.method, path)).status, path).toBe(403);
  }
});

describe.each(titled(OF_A_JOB))('%s', (_, route) => {
  it.each(KINDS)('by %s: a job that does not match, deleted, foreign or unknown is one 404', async (kind) => {
    const scopes =
      OPENED.picture.includes(title(route)) && kind === 'both' ? [tokens[kind], pictures] : [tokens[kind]];
    for (const text of scopes) {
      const answers = new Set<string>();
      const refused = async (id: string, more: Record<string, string> = {}) => {
        const headers = { ...route.headers, ...more };
        const answer = await send(text, route.method, address(route, id, mine), { headers });
        expectRefusal(answer, 404, 'job_not_found', route.surface);
        answers.add(fingerprint(answer));
      };
      for (const id of [...others[kind], mine.deleted, foreign, NOBODY, 'x']) await refused(id);
      // Somebody else has just read it: neither its snapshot nor its tag is for this token.
      const [other = ''] = others[kind];
      const shown = await client.send(route.method, address(route, other, mine), goodAsk(route));
      await refused(other, { 'If-None-Match': shown.headers.get('ETag') ?? '*' });
      expect(answers.size, [...answers].join('\n')).toBe(1);
    }
  });

  it.each(KINDS)('by %s: jobs that match, as their key is shown them', async (kind) => {
    for (const id of [mine.running, mine.ended, mine.running.toUpperCase()]) {
      const path = address(route, id, mine);
      const [byKey, byToken] = [client.key, tokens[kind]].map((one) =>
        send(one, route.method, path, goodAsk(route)),
      );
      expect((await byToken)?.status).toBe((await byKey)?.status);
      expect((await byToken)?.text).toBe((await byKey)?.text);
    }
  });
});

const idsIn = (text: string) =>
  [...text.matchAll(/"(?:job_id|id)":"([0-9a-f-]{36})"/g)].map(([, id = '']) => id);

describe('lists', () => {
  /** Every job on the pages of a list. */
  async function listed(text: string, path: string): Promise<string[]> {
    const found: string[] = [];
    for (let next: string | null = path; next !== null; ) {
      const answer = await send(text, 'GET', next);
      expect(answer.status, answer.text).toBe(200);
      found.push(...idsIn(answer.text));
      const link = /<([^>]+)>; rel="next"/.exec(answer.headers.get('Link') ?? '')?.[1] ?? null;
      const cursor: string | null = answer.json.next_cursor ?? null;
      next = cursor === null ? link : `${path}&cursor=${encodeURIComponent(cursor)}`;
    }
    return found;
  }

  it.each(KINDS)('by %s show the jobs that match alone, on pages of any size', async (kind) => {
    for (const path of ['/api/jobs?limit=100', '/api/jobs?limit=1', '/api/v1/jobs?limit=2']) {
      const found = await listed(tokens[kind], path);
      expect(found).toEqual(expect.arrayContaining([mine.running, mine.ended]));
      for (const hidden of [...others[kind], mine.deleted, foreign]) expect(found).not.toContain(hidden);
      expect(new Set(found).size).toBe(found.length);
    }
  });

  it('have cursors that name no job: the last that was looked at may be one that is none', async () => {
    const read = (cursor: string) =>
      new TextDecoder().decode(Uint8Array.fromBase64(cursor, { alphabet: 'base64url' }));
    const path = '/api/jobs?limit=1';
    expect(read((await client.get(path)).json.next_cursor)).toContain('job_id');
    for (const kind of KINDS) {
      expect(read((await send(tokens[kind], 'GET', path)).json.next_cursor)).not.toContain('job_id');
    }
  });

  it('take their own filters besides, which open nothing more', async () => {
    const [hidden = ''] = others.both;
    expect(await listed(tokens.type, '/api/jobs?job_type=import')).toEqual([]);
    expect(await listed(tokens.type, '/api/jobs?tag=wall&status=completed')).toEqual([mine.ended]);
    expect(await listed(tokens.tag, '/api/jobs?tag=night&status=pending')).toEqual([hidden, mine.running]);
    expect(await listed(tokens.tag, '/api/jobs?job_type=import')).toEqual([hidden]);
    expect(await listed(tokens.both, '/api/jobs?job_type=import')).toEqual([]);
    expect(await listed(tokens.both, '/api/jobs?tag=other')).toEqual([]);
  });
});

describe('the feed', () => {
  it('is of the jobs that match alone; a row without tags matches none', async () => {
    await runInDurableObject(indexStub(client.organization), (_index, { storage }) =>
      storage.transactionSync(() => {
        const body = { type: 'job.started', job_type: 'export' } as FeedBody;
        new FeedStore(storage.sql, 30).append(
          'before-tags',
          [{ revision: 2, at: Date.now(), body }],
          Date.now(),
        );
      }),
    );
    for (const kind of KINDS) {
      const { text, status } = await send(tokens[kind], 'GET', '/api/events?limit=100');
      expect(status, text).toBe(200);
      for (const own of [mine.running, mine.ended, mine.deleted]) expect(text).toContain(own);
      for (const hidden of others[kind]) expect(text).not.toContain(hidden);
      expect(text.includes('before-tags')).toBe(kind === 'type');
    }
    const { json } = await send(tokens.tag, 'GET', '/api/events?job_type=import');
    expect(new Set(json.events.map(({ job_id }: { job_id: string }) => job_id))).toEqual(
      new Set([others.both[0]]),
    );
  });

  it('waits, and is followed from an address, for the jobs that match alone', async () => {
    const { next_cursor } = (await client.get('/api/events?limit=100')).json;
    const after = encodeURIComponent(next_cursor);
    const waits = KINDS.map((kind) => send(tokens[kind], 'GET', `/api/events?after=${after}&wait=20`));
    const opened = KINDS.map(async (kind) => {
      const url = `${ORIGIN}/api/events/stream?token=${tokens[kind]}&after=${after}`;
      const response = await exports.default.fetch(new Request(url));
      expect([response.status, response.headers.get('Access-Control-Allow-Origin')]).toEqual([200, '*']);
      return new StreamReader(response);
    });
    const streams = await Promise.all(opened);
    // Beside them one waits who reads by another tag.
    const { token: besides } = await makeFilterToken(client, { tag: 'other' });
    const other = send(besides, 'GET', `/api/events?after=${after}&wait=20`);
    const waiting = () =>
      runInDurableObject(indexStub(client.organization), (_index, state) =>
        state.getWebSockets().filter((socket) => socket.deserializeAttachment() !== null),
      );
    await vi.waitFor(
      async () => expect(await waiting()).toHaveLength(waits.length + streams.length + 1),
      10_000,
    );
    const hidden = await client.createJob({ job_type: 'import', tags: ['other'] });
    await client.report(hidden, { mark_completed: true });
    const shown = await client.createJob(MATCHING);
    for (const wait of waits) {
      const { json, text } = await wait;
      expect(json.events.map(({ job_id }: { job_id: string }) => job_id)).toContain(shown);
      expect(text).not.toContain(hidden);
    }
    expect((await other).text).toContain(hidden);
    expect((await other).text).not.toContain(shown);
    for (const stream of streams) {
      const frames = await stream.until(({ data }) => data?.job_id === shown);
      await stream.close();
      expect(JSON.stringify(frames)).not.toContain(hidden);
    }
  }, 40_000);

  it('of an index of an older build, which passes over the tag, is filtered all the same', () => {
    const row = (seq: number, tags?: string[]) => {
      return { seq, at: 1, job_id: 'j', revision: 1, body: JSON.stringify({ type: 'job.started', tags }) };
    };
    const events = [row(1, ['wall']), row(2, ['other']), row(3), row(4, ['x', 'wall'])];
    const page: FeedPage = { events, through: 4, head: 9, dropped_through: 0 };
    const reached = reachedPage({ tag: 'wall' }, page);
    expect(reached).toEqual({ ...page, events: [events[0], events[3]] });
    expect(reachedPage({ tag: 'wall' }, page)).toBe(reached);
    for (const all of [{}, { tag: null }]) expect(reachedPage(all, page)).toBe(page);
    const whole = { ...page, events: [row(1, ['wall'])] };
    expect(reachedPage({ tag: 'wall' }, whole)).toBe(whole);
  });
});

it('a job’s socket tells of it and takes no reports', async () => {
  const socket = await openSocketByToken(tokens.tag, mine.running);
  expect((await socket.next()).type).toBe('snapshot');
  socket.send(JSON.stringify({ id: 1, report: { processed_items: 1 } }));
  expect(await socket.next()).toMatchObject({ acks: [{ id: 1, error: { code: 'permission_denied' } }] });
  socket.close();
});

it('a page of another origin may ask first where it opens something', async () => {
  const headers = { Origin: 'https://page.example', 'Access-Control-Request-Method': 'GET' };
  for (const path of LISTS.map((one) => one.replace('GET ', ''))) {
    const answer = await send(null, 'OPTIONS', path, { headers });
    expect([answer.status, answer.headers.get('Access-Control-Allow-Methods')]).toEqual([204, 'GET']);
    expect(answer.headers.get('Access-Control-Allow-Origin')).toBe('*');
  }
  expectRefusal(await send(null, 'OPTIONS', '/api/tokens', { headers }), 405, 'method_not_allowed');
});
