import { runDurableObjectAlarm } from 'cloudflare:test';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { LINES_A_MINUTE } from '../../src/http/refusal-rate';
import { OrgIndexDO } from '../../src/objects/org-index/org-index-do';
import { type Client, makeClient, send } from '../support/client';
import { logLines } from '../support/log-lines';
import { jobStub } from '../support/objects';

const DAY = 86_400_000;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

it('a line says when, and of which job: the one of the path, of the token or the one that was made', async () => {
  const client = await makeClient();
  const lines = logLines();
  const jobId = await client.createJob();
  await client.report(jobId, { mark_started: true });
  const { json } = await client.post(`/api/jobs/${jobId}/tokens`, { scope: 'report' });
  await send(null, 'POST', `/r/${json.token}`, { raw: '5' });
  await client.get(`/v1/api/jobs/${jobId}`);
  await client.get('/api/jobs/not-an-id-but-a-secret');
  const requests = lines.filter(({ event }) => event === 'request');
  expect(requests.map(({ job_id }) => job_id)).toEqual([jobId, jobId, jobId, jobId, jobId, undefined]);
  for (const { time } of requests) expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  expect(JSON.stringify(lines)).not.toContain('secret');
});

it('a flood of refusals writes sixty lines a minute and then one that counts them', async () => {
  const lines = logLines();
  vi.setSystemTime(Date.now() + DAY);
  const began = new Date().toISOString();
  for (let n = 0; n < LINES_A_MINUTE + 40; n++) await send('hw_nobody_wrong', 'GET', '/api/jobs/');
  const refusals = lines.filter(({ code }) => code === 'unauthenticated');
  expect(refusals).toHaveLength(LINES_A_MINUTE);
  vi.setSystemTime(Date.now() + 60_000);
  await send(null, 'GET', '/healthz');
  expect(lines.filter(({ event }) => event === 'refusals')).toEqual([
    {
      time: expect.any(String),
      level: 'warn',
      event: 'refusals',
      code: 'unauthenticated',
      count: 100,
      since: began,
    },
  ]);
});

it.each([
  ['deadline_exceeded', { timeout_seconds: 60 }, 120_000],
  ['heartbeat_lost', { heartbeat_timeout_seconds: 60 }, 300_000],
  ['abandoned', {}, 40 * DAY],
])('a job that the clock ends is a line that says %s', async (reason, fields, wait) => {
  const client = await makeClient();
  const jobId = await startedJob(client, fields);
  const lines = logLines();
  vi.setSystemTime(Date.now() + wait);
  await runDurableObjectAlarm(await jobStub(client.organization, jobId));
  expect(lines.filter(({ event }) => event === 'job_expired')).toEqual([
    expect.objectContaining({
      ...{ level: 'warn', job_id: jobId, organization: client.organization, job_type: 'import', reason },
    }),
  ]);
});

it('a publication that fails is a line with the job in it', async () => {
  const client = await makeClient();
  const jobId = await startedJob(client, {});
  vi.spyOn(OrgIndexDO.prototype, 'publish').mockRejectedValue(new Error('the index is away'));
  const lines = logLines();
  await client.report(jobId, { mark_completed: true });
  await vi.waitUntil(() => lines.some(({ event }) => event === 'publish_failed'));
  expect(lines.find(({ event }) => event === 'publish_failed')).toMatchObject({
    job_id: jobId,
    level: 'warn',
  });
});

async function startedJob(client: Client, fields: Record<string, unknown>): Promise<string> {
  const jobId = await client.createJob(fields);
  await client.report(jobId, { mark_started: true });
  return jobId;
}
