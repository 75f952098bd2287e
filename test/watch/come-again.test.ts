/** A stream that can't be had right now: an EventSource would never come back after a 503. */
import { exports } from 'cloudflare:workers';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { JobDO } from '../../src/objects/job/job-do';
import { OrgDO } from '../../src/objects/org/org-do';
import { OrgIndexDO } from '../../src/objects/org-index/org-index-do';
import { type Client, makeClient, makeKey, ORIGIN } from '../support/client';
import { StreamReader } from '../support/stream';
import { makeToken } from '../support/tokens';

const OVERLOADED = Object.assign(new Error('overloaded'), { overloaded: true });
const BROWSER = { Accept: 'text/event-stream', 'Sec-Fetch-Mode': 'cors', 'Sec-Fetch-Dest': 'empty' };

let client: Client;
let job: string;
let cursor: string;

beforeAll(async () => {
  client = await makeClient();
  job = await client.createJob();
  await client.report(job, { mark_started: true });
  cursor = (await client.get('/api/events')).json.next_cursor;
});

beforeEach(() => {
  vi.spyOn(console, 'log').mockImplementation(() => undefined);
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
});
afterEach(() => {
  vi.restoreAllMocks();
});

async function open(path: string, credential: string, headers: Record<string, string>): Promise<Response> {
  const all = { Authorization: `Bearer ${credential}`, ...headers };
  return exports.default.fetch(new Request(ORIGIN + path, { headers: all }));
}

/** Where a stream is refused for now: at the door, in the job, in the index; and after how long it says to come back (ms). */
const PLACES: [where: string, path: () => string, retry: number, spoil: () => void][] = [
  ['the credential', () => `/api/jobs/${job}/stream`, 1_000, organizationAway],
  ['the credential', () => '/api/events/stream', 1_000, organizationAway],
  ['the job', () => `/api/jobs/${job}/stream`, 5_000, jobAway],
  ['the job’s watchers', () => `/api/jobs/${job}/stream`, 1_000, jobFull],
  ['the feed', () => '/api/events/stream', 5_000, feedAway],
];

function organizationAway(): void {
  vi.spyOn(OrgDO.prototype, 'authenticate').mockRejectedValue(OVERLOADED);
}
function jobAway(): void {
  vi.spyOn(JobDO.prototype, 'fetch').mockRejectedValue(new Error('away'));
}
function jobFull(): void {
  vi.spyOn(JobDO.prototype, 'fetch').mockResolvedValue(new Response(null, { status: 503 }));
}
function feedAway(): void {
  vi.spyOn(OrgIndexDO.prototype, 'readFeed').mockRejectedValue(new Error('away'));
}

describe.each(PLACES)('where %s is away', (_where, path, retry, spoil) => {
  it.each([
    ['that a browser opens', BROWSER, ''],
    ['that shows where it was', { 'Last-Event-ID': '' }, ''],
    ['whose polyfill shows where it was', {}, 'lastEventId'],
  ])('an EventSource %s is told when to come back, and comes', async (_which, headers, parameter) => {
    // What a credential is known by is asked for anew with a new key.
    const { key } = await makeKey(client.organization);
    const place = path().includes('events') ? cursor : '1';
    const query = parameter === '' ? '' : `?${parameter}=${encodeURIComponent(place)}`;
    const sent = 'Last-Event-ID' in headers ? { 'Last-Event-ID': place } : headers;
    spoil();
    const refused = new StreamReader(await open(path() + query, key, { ...sent }));
    const { status, headers: answered } = refused.response;
    expect([status, answered.get('Content-Type')]).toEqual([200, 'text/event-stream']);
    expect([await refused.next(), refused.retry, refused.lastEventId]).toEqual([null, retry, '']);
    vi.restoreAllMocks();
    const again = new StreamReader(await open(path() + query, key, { ...sent }));
    expect(again.response.status).toBe(200);
    await client.report(job, { message: `news ${crypto.randomUUID()}` });
    expect(await again.next()).not.toBeNull();
    await again.close();
  });

  it.each([
    ['curl', { Accept: '*/*' }],
    ['curl that says what it wants', { Accept: 'text/event-stream' }],
    ['a page’s fetch of no stream', { Accept: '*/*', 'Sec-Fetch-Mode': 'cors' }],
    ['a browser that navigates', { Accept: 'text/html,text/event-stream', 'Sec-Fetch-Mode': 'navigate' }],
  ])('%s is told with a 503', async (_who, headers) => {
    const { key } = await makeKey(client.organization);
    spoil();
    const response = await open(path(), key, headers);
    expect([response.status, response.headers.get('Retry-After')]).toEqual([503, String(retry / 1_000)]);
    expect(response.headers.get('Content-Type')).toBe('application/problem+json');
    await response.body?.cancel();
  });
});

it('a page of another origin may read it where it came with a token', async () => {
  const token = await makeToken(client, job, 'read');
  jobFull();
  const headers = { ...BROWSER, Origin: 'https://page.example' };
  const response = await open(`/api/jobs/${job}/stream`, token, headers);
  expect([response.status, response.headers.get('Access-Control-Allow-Origin')]).toEqual([200, '*']);
  expect(await response.text()).toBe('retry: 1000\n\n');
});

it('what is wrong for good is told with its status, to an EventSource too', async () => {
  const headers = { ...BROWSER, 'Last-Event-ID': '1' };
  for (const [path, key, status] of [
    [`/api/jobs/${job}/stream`, 'nonsense', 401],
    [`/api/jobs/${job.slice(0, -1)}x/stream`, client.key, 404],
    ['/api/events/stream', client.key, 400],
  ] as const) {
    const response = await open(path, key, headers);
    expect([path, response.status]).toEqual([path, status]);
    await response.body?.cancel();
  }
});

it('what is no stream is told with its status, to whatever asks', async () => {
  vi.spyOn(OrgIndexDO.prototype, 'readFeed').mockRejectedValue(new Error('away'));
  const answer = await client.get('/api/events', { headers: { ...BROWSER, 'Last-Event-ID': cursor } });
  expect(answer.status).toBe(503);
});
