/** Ids that name no job of the caller's: forged, foreign, misspelt or hostile. All are one 404. */
import { beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type Client, makeClient, ORIGIN } from '../support/client.ts';
import { bystander, makeDeletedJob, snapshot } from './bystander.ts';
import { expectOneOf, expectRefusal, fingerprint, type Surface, surfaceOf } from './refusal.ts';

const victim = bystander();
let foreign: string;

/** Each route with an id in it, with a body that the route takes. */
const ROUTES: { surface: Surface; method: string; path: (id: string) => string; body?: unknown }[] = [
  { surface: 'native', method: 'GET', path: (id) => `/api/jobs/${id}` },
  {
    surface: 'native',
    method: 'POST',
    path: (id) => `/api/jobs/${id}/progress`,
    body: { processed_items: 1 },
  },
  { surface: 'native', method: 'POST', path: (id) => `/api/jobs/${id}/cancel` },
  { surface: 'native', method: 'POST', path: (id) => `/api/jobs/${id}/rerun` },
  { surface: 'native', method: 'DELETE', path: (id) => `/api/jobs/${id}` },
  { surface: 'polling', method: 'GET', path: (id) => `/v1/api/jobs/${id}` },
  { surface: 'polling', method: 'POST', path: (id) => `/v1/api/jobs/${id}/rerun` },
  { surface: 'monitoring', method: 'GET', path: (id) => `/api/v1/jobs/${id}` },
  { surface: 'monitoring', method: 'POST', path: (id) => `/api/v1/jobs/${id}/cancel` },
];

function ask(client: Client, route: (typeof ROUTES)[number], id: string): Promise<Answer> {
  return client.send(route.method, route.path(id), { body: route.body });
}

/** `id` with one bit of one of its 32 hexadecimal digits turned. */
function turned(id: string, digit: number, bit: number): string {
  const at = digit + [8, 12, 16, 20].filter((hyphen) => digit >= hyphen).length;
  const value = Number.parseInt(id[at] as string, 16) ^ (1 << bit);
  return id.slice(0, at) + value.toString(16) + id.slice(at + 1);
}

beforeAll(async () => {
  foreign = await (await makeClient()).createJob();
});

it('a job id is a UUID', () => {
  expect(victim.jobId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

it('no bit of an id can be turned', async () => {
  const answers = new Set<string>();
  for (let digit = 0; digit < 32; digit++) {
    for (let bit = 0; bit < 4; bit++) {
      const answer = await victim.client.get(`/api/jobs/${turned(victim.jobId, digit, bit)}`);
      expectRefusal(answer, 404, 'job_not_found');
      answers.add(fingerprint(answer));
    }
  }
  expect(answers.size).toBe(1);
});

it('foreign, unknown, forged and deleted ids are told apart by no route', async () => {
  const client = await makeClient();
  const jobId = await client.createJob();
  const others = [foreign, crypto.randomUUID(), turned(jobId, 31, 0), await makeDeletedJob(client)];
  const before = await snapshot(client, jobId);
  for (const route of ROUTES) {
    const answers = new Set<string>();
    for (const id of others) {
      const answer = await ask(client, route, id);
      expectRefusal(answer, 404, 'job_not_found', route.surface);
      expect(answer.headers.get('Job-Status')).toBeNull();
      answers.add(fingerprint(answer));
    }
    expect(answers.size, `${route.method} ${route.path(':id')}`).toBe(1);
  }
  expect(await snapshot(client, jobId)).toEqual(before);
});

it('upper case is the job everywhere or nowhere', async () => {
  const shouted = victim.jobId.toUpperCase();
  const statuses = new Set<number>();
  for (const route of ROUTES.filter((one) => one.method === 'GET')) {
    const answer = await ask(victim.client, route, shouted);
    statuses.add(answer.status);
    if (answer.status !== 200) expectRefusal(answer, 404, 'job_not_found', route.surface);
  }
  expect(statuses.size).toBe(1);
});

describe('spellings', () => {
  const hostile = (id: string): string[] => [
    `${id}%00`,
    `%00${id}`,
    `${id}%2F`,
    `${id}%2Fprogress`,
    `%2F${id}`,
    `..%2F${id}`,
    `${id}%252F`,
    `${id}%20`,
    `%20${id}`,
    `${id}%0A`,
    `${id}%0D%0AX-Evil:%201`,
    `${id};x`,
    `${id},${id}`,
    `${id}0`,
    id.slice(1),
    id.slice(0, -1),
    id.replaceAll('-', ''),
    `{${id}}`,
    `%7B${id}%7D`,
    `urn:uuid:${id}`,
    `${id.slice(0, 35)}%EF%BC%90`,
    '%00',
    '%2F',
    '%2e%2e%2f',
    '..%5C',
    '%FF',
    '%C0%AF',
    '%ED%A0%80',
    '%',
    '%zz',
    '*',
    ':job_id',
    '0',
    '-1',
    'null',
    'undefined',
    'NaN',
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    '%F0%9F%98%80',
    "'%20OR%201=1--",
    '00000000-0000-0000-0000-000000000000',
    'ffffffff-ffff-ffff-ffff-ffffffffffff',
    'job_abc123',
    'a'.repeat(4_000),
  ];

  it.each(ROUTES)('$surface $method $path', async (route) => {
    for (const id of hostile(victim.jobId)) {
      const answer = await ask(victim.client, route, id);
      expectRefusal(answer, 404, 'job_not_found', route.surface);
    }
  });

  it.each(['..', '.', '%2e%2e', '%2E%2e/', '', '/'])('%j leads to no job', async (dots) => {
    for (const route of ROUTES) {
      if (new URL(ORIGIN + route.path(dots)).pathname.match(/^\/api\/(v1\/)?jobs\/?$/)) continue;
      const answer = await ask(victim.client, route, dots);
      const codes = [
        [404, 'job_not_found'],
        [404, 'not_found'],
        [405, 'method_not_allowed'],
      ] as const;
      expectOneOf(answer, codes, surfaceOf(route.path(dots)));
    }
  });
});
