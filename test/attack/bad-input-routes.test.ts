/** Paths and methods that are none of the service's, and reports that come too late. */
import { describe, expect, it } from 'vitest';
import { type Answer, makeClient, ORIGIN, send } from '../support/client.ts';
import { bystander, makeCompletedJob, snapshot } from './bystander.ts';
import { expectRefusal, type Surface } from './refusal.ts';

const victim = bystander();

const NOWHERE: [string, Surface][] = [
  ['/', 'native'],
  ['/nope', 'native'],
  ['/api', 'native'],
  ['/api/', 'native'],
  ['/api/job', 'native'],
  ['/API/jobs/', 'native'],
  ['//api/jobs/', 'native'],
  ['/api//jobs/', 'native'],
  ['/api/jobs//', 'native'],
  ['/api/jobs/x/nope', 'native'],
  ['/api/jobs/x/progress/nope', 'native'],
  ['/api/jobs/x/progress//', 'native'],
  ['/api/v1', 'monitoring'],
  ['/api/v1/nope', 'monitoring'],
  ['/api/v1/jobs/x/rerun', 'monitoring'],
  ['/api/v1/jobs/x/progress', 'monitoring'],
  ['/v1/api/jobs', 'polling'],
  ['/v1/api/jobs/', 'polling'],
  ['/v1/api/nope', 'polling'],
  ['/v1/api/jobs/x/cancel', 'polling'],
  ['/v1/api/jobs/x/progress', 'polling'],
  ['/v1/api/jobs/x/rerun/x', 'polling'],
  ['/admin', 'admin'],
  ['/admin/nope', 'admin'],
  ['/admin/orgs/a/keys/b/c', 'admin'],
  ['/.dev.vars', 'native'],
  ['/cdn-cgi/x', 'native'],
  ['/%2e%2e/%2e%2e/etc/passwd', 'native'],
  ['/api%2Fjobs', 'native'],
  ['/%00', 'native'],
  ['/%FF', 'native'],
  ['/%', 'native'],
  ['/__proto__', 'native'],
  ['/constructor/prototype', 'native'],
  [`/${'a'.repeat(10_000)}`, 'native'],
  [`/${'a/'.repeat(2_000)}`, 'native'],
];

it.each(NOWHERE)('%s is a 404 for everyone and every method', async (path, surface) => {
  for (const method of ['GET', 'POST', 'DELETE', 'OPTIONS']) {
    expectRefusal(await send(null, method, path), 404, 'not_found', surface);
  }
  expectRefusal(await send(victim.client.key, 'GET', path), 404, 'not_found', surface);
  const head = await send(victim.client.key, 'HEAD', path);
  expect([head.status, head.text]).toEqual([404, '']);
});

/** Each path with all its methods, as the guide's tables list them. */
const METHODS: [string, Surface, string[]][] = [
  ['/api/jobs', 'native', ['GET', 'HEAD', 'POST']],
  ['/api/jobs/:id', 'native', ['DELETE', 'GET', 'HEAD']],
  ['/api/jobs/:id/progress', 'native', ['POST']],
  ['/api/jobs/:id/cancel', 'native', ['POST']],
  ['/api/jobs/:id/rerun', 'native', ['POST']],
  ['/v1/api/jobs/:id', 'polling', ['GET', 'HEAD']],
  ['/v1/api/jobs/:id/rerun', 'polling', ['POST']],
  ['/api/v1/jobs', 'monitoring', ['GET', 'HEAD']],
  ['/api/v1/jobs/:id', 'monitoring', ['GET', 'HEAD']],
  ['/api/v1/jobs/:id/cancel', 'monitoring', ['POST']],
  ['/admin/orgs', 'admin', ['GET', 'HEAD', 'POST']],
  ['/admin/orgs/:org/keys', 'admin', ['GET', 'HEAD', 'POST']],
  ['/admin/orgs/:org/keys/:key', 'admin', ['DELETE', 'GET', 'HEAD', 'PATCH']],
  ['/healthz', 'native', ['GET', 'HEAD']],
  ['/openapi.json', 'native', ['GET', 'HEAD']],
];

describe('a wrong method', () => {
  it.each(METHODS)('%s', async (pattern, surface, methods) => {
    const { client, jobId } = victim;
    const named = pattern
      .replace(':id', jobId)
      .replace(':org', client.organization)
      .replace(':key', client.keyId);
    for (const method of [
      'GET',
      'HEAD',
      'POST',
      'PUT',
      'PATCH',
      'DELETE',
      'OPTIONS',
      'TRACE',
      'PURGE',
      'get',
    ]) {
      if (methods.includes(method.toUpperCase()) || !sendable(method)) continue;
      for (const credential of [null, client.key]) {
        for (const path of credential === null ? [named, `${named}/`] : [named]) {
          const answer = await send(credential, method, path);
          const allow = answer.headers
            .get('Allow')
            ?.split(', ')
            .filter((one) => one !== 'OPTIONS');
          expect([answer.status, allow?.sort()], `${method} ${path}`).toEqual([405, methods]);
          if (method !== 'HEAD') expectRefusal(answer, 405, 'method_not_allowed', surface);
        }
      }
    }
  });

  /** Whether this runtime's `Request` takes the method at all. */
  function sendable(method: string): boolean {
    try {
      return new Request(ORIGIN, { method }).method === method;
    } catch {
      return false;
    }
  }
});

describe('a report after the end', () => {
  async function refusedLate(answer: Answer, status: string): Promise<void> {
    expectRefusal(answer, 409, 'job_terminal');
    expect(answer.headers.get('Job-Status')).toBe(status);
    expect(answer.headers.get('Job-Revision')).toMatch(/^[1-9]\d*$/);
    expect(answer.json.control.next_report_in_seconds).toBe(15);
    expect(answer.json.control).toHaveProperty('cancel');
    expect(Object.values(answer.json), 'the status of the job stands in the body').toContain(status);
  }

  const LATE = [
    { processed_items: 1 },
    { message: 'late' },
    { mark_started: true },
    { mark_failed: 'late' },
    {},
  ];

  it('is a 409 with the status and the control, and changes nothing', async () => {
    const client = await makeClient();
    const jobId = await makeCompletedJob(client);
    const before = await snapshot(client, jobId);
    for (const report of LATE) await refusedLate(await client.report(jobId, report), 'completed');
    expect(await snapshot(client, jobId)).toEqual(before);
  });

  it('also after a failure, and after a cancellation was acknowledged', async () => {
    const client = await makeClient();
    const failed = await client.createJob();
    await client.report(failed, { mark_failed: 'disk full' });
    await refusedLate(await client.report(failed, { processed_items: 1 }), 'failed');
    await refusedLate(await client.report(failed, { mark_completed: true }), 'failed');
    const cancelled = await client.createJob();
    await client.post(`/api/jobs/${cancelled}/cancel`, { reason: 'stop' });
    expect((await client.report(cancelled, { mark_failed: 'stopped' })).status).toBe(200);
    const late = await client.report(cancelled, { processed_items: 1 });
    await refusedLate(late, 'cancelled');
    expect(late.json.control.cancel).toMatchObject({ reason: 'stop' });
  });

  it('cancel of an ended job and rerun or delete of a running one are refused alike', async () => {
    const client = await makeClient();
    const ended = await makeCompletedJob(client);
    const before = await snapshot(client, ended);
    expectRefusal(await client.post(`/api/jobs/${ended}/cancel`), 409, 'job_terminal');
    expectRefusal(await client.post(`/api/v1/jobs/${ended}/cancel`), 409, 'job_terminal', 'monitoring');
    expect(await snapshot(client, ended)).toEqual(before);
    const running = `/api/jobs/${victim.jobId}`;
    expectRefusal(await victim.client.post(`${running}/rerun`), 409, 'job_not_terminal');
    expectRefusal(await victim.client.post(`/v1${running}/rerun`), 409, 'job_not_terminal', 'polling');
    expectRefusal(await victim.client.send('DELETE', running), 409, 'job_not_terminal');
  });
});
