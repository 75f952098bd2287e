/** Whatever is sent, nothing breaks (no 5xx), every refusal is a proper one, and no other job changes. */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type Client, makeClient, send } from '../support/client.ts';
import { bystander, makeRunningJob } from './bystander.ts';
import { bytes } from './doors.ts';
import { anything, body, write } from './hostile-json.ts';
import { expectEnvelope, type Surface, surfaceOf } from './refusal.ts';

const victim = bystander();
/** Sends from another organization than the bystander's. */
let stranger: Client;
/** The stranger's own job, which takes the blows. */
let target: string;

beforeAll(async () => {
  stranger = await makeClient();
  target = await makeRunningJob(stranger);
});

function expectSound(answer: Answer, surface: Surface): void {
  expect(answer.status, answer.text).toBeLessThan(500);
  if (answer.status >= 400) expectEnvelope(answer, surface);
}

/** What is kept of a value: half a character becomes U+FFFD. */
function wellFormed(_key: string, value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed();
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key.toWellFormed(), inner]));
}

const JSON_TYPE = { 'Content-Type': 'application/json' };

describe('any body', () => {
  const doors: [string, Surface, () => string][] = [
    ['create', 'native', () => '/api/jobs/'],
    ['report', 'native', () => `/api/jobs/${target}/progress`],
    ['cancel', 'native', () => `/api/jobs/${target}/cancel`],
    ['rerun (b)', 'polling', () => `/v1/api/jobs/${target}/rerun`],
  ];

  it.each(doors)('%s: refused without an effect, or taken whole', async (_, surface, path) => {
    await fc.assert(
      fc.asyncProperty(body, async (text) => {
        const before = (await stranger.get(`/api/jobs/${target}`)).text;
        const answer = await stranger.send('POST', path(), { raw: bytes(text), headers: JSON_TYPE });
        expectSound(answer, surface);
        const after = (await stranger.get(`/api/jobs/${target}`)).text;
        if (answer.status >= 400) expect(after).toBe(before);
        else if (answer.json.status === 'cancelled') target = await makeRunningJob(stranger);
      }),
      { numRuns: 50 },
    );
  });

  it('reports that are taken are given back as JSON says', async () => {
    await fc.assert(
      fc.asyncProperty(anything, async (value) => {
        const text = write(value);
        const report = `{"result":${text}}`;
        const answer = await stranger.send('POST', `/api/jobs/${target}/progress`, {
          raw: bytes(report),
          headers: JSON_TYPE,
        });
        expectSound(answer, 'native');
        if (answer.status !== 200 || text === 'null') return;
        const job = await stranger.get(`/api/jobs/${target}`);
        expect(job.json.result).toEqual(JSON.parse(text, wellFormed));
      }),
      { numRuns: 40 },
    );
  });

  it('any bytes at all', async () => {
    const noise = fc.uint8Array({ maxLength: 200 });
    await fc.assert(
      fc.asyncProperty(noise, async (raw) => {
        const answer = await stranger.send('POST', `/api/jobs/${target}/progress`, {
          raw: raw as Uint8Array<ArrayBuffer>,
          headers: JSON_TYPE,
        });
        expectSound(answer, 'native');
      }),
      { numRuns: 40 },
    );
  });
});

describe('any header, path and query', () => {
  const name = fc.constantFrom(
    'Authorization',
    'X-Organization-ID',
    'Content-Type',
    'Content-Encoding',
    'Cookie',
    'Accept',
    'If-None-Match',
    'Prefer',
    'Origin',
    'X-Request-Id',
    'Idempotency-Key',
  );
  const value = fc.string({
    unit: fc.integer({ min: 0x20, max: 0xff }).map((code) => String.fromCharCode(code)),
  });
  const prefix = fc.constantFrom(
    '/',
    '/api/jobs/',
    '/v1/api/jobs/',
    '/api/v1/jobs/',
    '/admin/orgs/',
    '/healthz/',
  );
  const noise = fc.string({ unit: 'binary' }).map((text) => encodeURIComponent(text.toWellFormed()));
  const raw = fc.string({ unit: 'grapheme-ascii' }).map((text) => text.replaceAll('#', '%23'));
  const method = fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS');

  it('headers', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(name, value), { maxLength: 4 }), async (headers) => {
        const read = await stranger.send('GET', `/api/jobs/${target}`, { headers });
        expectSound(read, 'native');
        const path = `/api/jobs/${victim.jobId}/cancel`;
        const write = await stranger.send('POST', path, { headers, raw: bytes('{}') });
        expectSound(write, 'native');
        expect(write.status).toBeGreaterThanOrEqual(400);
      }),
      { numRuns: 50 },
    );
  });

  it('paths', async () => {
    await fc.assert(
      fc.asyncProperty(method, prefix, fc.oneof(noise, raw), async (verb, start, rest) => {
        const path = start + rest;
        const answer = await send(stranger.key, verb, path);
        expect(answer.status, `${verb} ${path}`).toBeLessThan(500);
        if (answer.status >= 400 && verb !== 'HEAD') expectEnvelope(answer, surfaceOf(path));
      }),
      { numRuns: 120 },
    );
  });

  it('queries', async () => {
    const known = fc.constantFrom(
      'status',
      'category',
      'limit',
      'cursor',
      'tag',
      'job_type',
      'created_after',
      'x',
    );
    const list = fc.constantFrom('/api/jobs/', '/api/v1/jobs');
    const query = fc.array(fc.tuple(known, fc.oneof(noise, raw, fc.constant('1'))), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(list, query, async (path, pairs) => {
        const answer = await stranger.get(`${path}?${pairs.map((pair) => pair.join('=')).join('&')}`);
        expectSound(answer, 'native');
        expect(answer.text).not.toContain(victim.jobId);
      }),
      { numRuns: 50 },
    );
  });
});
