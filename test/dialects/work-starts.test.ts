/** Work starts a job whichever door it comes by; a heartbeat is refused after the end, whichever the end was. */
import { beforeAll, describe, expect, it } from 'vitest';
import { deliver, github, makeHook, SECRETS } from '../hooks/senders';
import { type Client, makeClient, send } from '../support/client';
import { SocketReporter } from '../support/reporter';
import { makeToken } from '../support/tokens';

let client: Client;
beforeAll(async () => {
  client = await makeClient();
});

const issue = { entity_key: 'k', error_type: 't', message: 'm' };
type Report = Record<string, unknown>;
const DOORS: Record<string, (id: string, report: Report) => Promise<void>> = {
  async 'a report'(id, report) {
    expect((await client.report(id, report)).status).toBe(200);
  },
  async 'a batch'(id, report) {
    const reports = [{ logs: [{ level: 'info', message: 'soon' }] }, report];
    expect((await client.post(`/api/jobs/${id}/progress/batch`, { reports })).status).toBe(200);
  },
  async 'a socket'(id, report) {
    const worker = await SocketReporter.open(client, id);
    expect(await worker.report(report)).toMatchObject({ applied: true });
    worker.socket.close();
  },
  async 'an inbound hook'(id, report) {
    const verification = { scheme: 'github', secret: SECRETS.github };
    const mapping = { action: 'report', from: { job_id: '/job' }, set: report };
    const hook = await makeHook(client, verification, mapping);
    const raw = JSON.stringify({ job: id });
    const answer = await deliver(hook.path, raw, github(raw));
    expect(answer.status, answer.text).toBe(202);
    await client.send('DELETE', `/api/hooks/${hook.hook_id}`);
  },
};

describe.each(Object.entries(DOORS))('by %s', (_name, report) => {
  it('a counter, a stage, an error and a warning start a job', async () => {
    for (const work of [{ processed_items: 1 }, { error: issue }, { stage: 'reading' }, { warning: issue }]) {
      const id = await client.createJob();
      await report(id, work);
      const { json } = await client.get(`/api/jobs/${id}`);
      expect(json).toMatchObject({ status: 'in_progress', started_at: json.last_report_at });
      const { events } = (await client.get(`/api/jobs/${id}/events`)).json;
      expect(events.map(({ type }: { type: string }) => type)).toContain('job.started');
    }
  });

  it('a message and a total alone leave it pending', async () => {
    const id = await client.createJob();
    await report(id, { message: 'soon', total_items: 30 });
    const { json } = await client.get(`/api/jobs/${id}`);
    expect(json).toMatchObject({ status: 'pending', started_at: null, total_items: 30 });
  });
});

it('by a line of text a count starts it', async () => {
  const id = await client.createJob();
  const token = await makeToken(client, id, 'report');
  expect((await send(null, 'POST', `/r/${token}`, { raw: '5/10' })).text).toBe('in_progress 50% (5 of 10)\n');
});

describe('a percentage in a line that ends its job', () => {
  const worker = async () => {
    const id = await client.createJob({ total_items: 200 });
    const token = await makeToken(client, id, 'report');
    const line = (path: string, raw: string) => send(null, 'POST', `/r/${token}${path}`, { raw });
    return { id, line };
  };

  it('starts it where it brings a counter above 0', async () => {
    const { id, line } = await worker();
    expect((await line('/done', '45%')).text).toBe('completed 100% (45%)\n');
    const { json } = await client.get(`/api/jobs/${id}`);
    expect(json).toMatchObject({ processed_items: 90, started_at: json.completed_at, duration_seconds: 0 });
    const { events } = (await client.get(`/api/jobs/${id}/events`)).json;
    expect(events.map(({ type }: { type: string }) => type)).toEqual([
      ...['job.created', 'job.started', 'job.completed'],
    ]);
    const none = await worker();
    await none.line('/done', '0.4%');
    await none.line('/done', '0.4%');
    expect((await client.get(`/api/jobs/${none.id}`)).json).toMatchObject({
      processed_items: 0,
      started_at: null,
    });
  });

  it('is the same end again only where it is the same', async () => {
    const { line } = await worker();
    await line('/done', '45%');
    expect((await line('/done', '45%')).status).toBe(200);
    expect((await line('/done', '')).status).toBe(200);
    expect((await line('/done', '50%')).status).toBe(409);
    expect((await line('/done', '50')).status).toBe(409);
  });
});

describe('a heartbeat', () => {
  const beat = (id: string) => client.post(`/api/jobs/${id}/heartbeat`);

  it('of a job that has not ended is answered with its status, revision and control', async () => {
    const id = await client.createJob();
    const { status, json } = await beat(id);
    expect([status, Object.keys(json)]).toEqual([200, ['status', 'revision', 'control']]);
    expect((await client.get(`/api/jobs/${id}`)).json).toMatchObject({ status: 'pending', revision: 1 });
  });

  it.each([{ mark_completed: true }, { mark_failed: 'broken' }])(
    'after %j is the 409 that a report is',
    async (end) => {
      const id = await client.createJob();
      await client.report(id, end);
      const { json: job } = await client.get(`/api/jobs/${id}`);
      const refused = await beat(id);
      expect(refused.status).toBe(409);
      expect(refused.json).toMatchObject({
        ...{ code: 'job_terminal', job_status: job.status, revision: job.revision },
        control: { cancel: null },
      });
      expect(refused.headers.get('Job-Status')).toBe(job.status);
      const report = await client.report(id, { message: 'late' });
      expect({ ...refused.json, request_id: '' }).toEqual({ ...report.json, request_id: '' });
      expect((await client.get(`/api/jobs/${id}`)).json).toEqual(job);
    },
  );

  it('after a cancellation is answered until that is acknowledged, and is a 409 with its reason then', async () => {
    const id = await client.createJob();
    await client.report(id, { mark_started: true });
    await client.post(`/api/jobs/${id}/cancel`, { reason: 'enough' });
    const waiting = await beat(id);
    expect(waiting.json).toMatchObject({ status: 'cancelled', control: { cancel: { reason: 'enough' } } });
    await client.report(id, { mark_failed: 'stopped half way' });
    const { json: job } = await client.get(`/api/jobs/${id}`);
    expect(job).toMatchObject({
      ...{ status: 'cancelled', error_message: null, errors_total: 1 },
      cancellation: { acknowledged_at: job.last_report_at, acknowledged_with: 'failed' },
      errors: [{ entity_key: id, error_type: 'job_failed', message: 'stopped half way' }],
    });
    const refused = await beat(id);
    expect(refused.json).toMatchObject({ code: 'job_terminal', control: { cancel: { reason: 'enough' } } });
  });
});
