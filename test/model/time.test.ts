/** The time rules, to the millisecond: nothing one before a thing is due, and the thing itself when it is. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Answer, type Client, makeClient } from '../support/client.ts';
import { evict, restartClock, runAlarmAnyway, runDueAlarms, setClock, stopClock } from './world.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

let now = 0;
let client: Client;

beforeAll(async () => {
  now = stopClock();
});
afterAll(restartClock);
beforeEach(async () => {
  client = await makeClient();
});

/** A heartbeat timeout of 60 s: a quarter is 15 s. */
const HEARTBEAT = { heartbeat_timeout_seconds: 60 };

describe('a worker that falls silent', () => {
  it('is late at ¾, stalled at 1¼ and given up at 3¼ of its heartbeat timeout', async () => {
    const jobId = await client.createJob(HEARTBEAT);
    pass(3 * HOUR);
    await client.report(jobId, { mark_started: true });
    const spoke = now;

    await unchangedUntil(jobId, spoke + 45 * SECOND);
    expect(await wake(jobId)).toMatchObject({ health: 'late', revision: 3, status: 'in_progress' });
    expect(await eventTypes(jobId)).toEqual(['job.created', 'job.started']);

    await unchangedUntil(jobId, spoke + 75 * SECOND);
    expect(await wake(jobId)).toMatchObject({ health: 'stalled', revision: 4, status: 'in_progress' });
    expect((await eventTypes(jobId)).at(-1)).toBe('job.stalled');

    await unchangedUntil(jobId, spoke + 195 * SECOND);
    const ended = await wake(jobId);
    expect(ended).toMatchObject({
      status: 'failed',
      revision: 5,
      completed_at: iso(now),
      duration_seconds: 195,
    });
    expect(ended.errors).toMatchObject([
      { entity_type: 'job', entity_key: jobId, error_type: 'heartbeat_lost', message: ended.error_message },
    ]);
    expect((await eventTypes(jobId)).at(-1)).toBe('job.failed');
  });

  it('loses its estimate while it is late, and has it back when it speaks', async () => {
    const jobId = await client.createJob({ ...HEARTBEAT, total_items: 100 });
    await client.report(jobId, { mark_started: true });
    for (const processed_items of [10, 20, 30]) {
      pass(10 * SECOND);
      await client.report(jobId, { processed_items });
    }
    const watched = (await client.get(`/api/jobs/${jobId}`)).json;
    expect(watched).toMatchObject({ rate_per_second: 1, eta_at: iso(now + 70 * SECOND) });
    // The last sign of life was stored 10 s ago: a quarter is 15 s.
    await unchangedUntil(jobId, now - 10 * SECOND + 45 * SECOND);
    expect(await wake(jobId)).toMatchObject({ health: 'late', eta_at: null });
    const { json } = await client.post(`/api/jobs/${jobId}/heartbeat`);
    expect(json).toMatchObject({ status: 'in_progress', revision: watched.revision + 2 });
    const back = (await client.get(`/api/jobs/${jobId}`)).json;
    expect({ ...back, revision: 0 }).toEqual({ ...watched, revision: 0 });
  });

  it('shows no sign of life by a sequence below the last', async () => {
    const jobId = await client.createJob(HEARTBEAT);
    await client.report(jobId, { reporter: 'w', sequence: 5, mark_started: true });
    pass(45 * SECOND);
    const before = await wake(jobId);
    expect(before.health).toBe('late');
    expect((await client.report(jobId, { reporter: 'w', sequence: 4, processed_items: 1 })).status).toBe(409);
    const reports = [{ reporter: 'w', sequence: 3 }];
    expect((await client.post(`/api/jobs/${jobId}/progress/batch`, { reports })).status).toBe(409);
    expect((await client.get(`/api/jobs/${jobId}`)).json).toEqual(before);
  });

  it('recovers by any sign of life: event after stalled, none after late', async () => {
    const signs: Record<string, (jobId: string) => Promise<Answer>> = {
      heartbeat: (jobId) => client.post(`/api/jobs/${jobId}/heartbeat`),
      'plain report': (jobId) => client.report(jobId, { processed_items: 3 }),
      'report without change': (jobId) => client.report(jobId, {}),
      duplicate: (jobId) => client.report(jobId, { reporter: 'w', sequence: 1, mark_started: true }),
      'refused report': (jobId) => client.report(jobId, { failed_delta: Number.MAX_SAFE_INTEGER }),
    };
    for (const [name, sign] of Object.entries(signs)) {
      for (const [health, silences] of Object.entries({ late: [45], stalled: [45, 30] })) {
        const jobId = await client.createJob(HEARTBEAT);
        let before = (
          await client.report(jobId, { reporter: 'w', sequence: 1, mark_started: true, failed_items: 1 })
        ).json;
        for (const silence of silences) {
          pass(silence * SECOND);
          before = await wake(jobId);
        }
        expect(before.health, name).toBe(health);
        await sign(jobId);
        const after = (await client.get(`/api/jobs/${jobId}`)).json;
        expect(after, name).toMatchObject({ health: 'ok', revision: before.revision + 1 });
        const types = await eventTypes(jobId);
        expect(types.includes('job.recovered'), `${name} after ${health}`).toBe(health === 'stalled');
        // It is watched anew from this sign on.
        const spoke = now;
        await unchangedUntil(jobId, spoke + 45 * SECOND);
        expect(await wake(jobId), name).toMatchObject({ health: 'late' });
      }
    }
  });

  it('is stored when the stored sign is older than a quarter, so never judged early', async () => {
    const within = await client.createJob(HEARTBEAT);
    const beyond = await client.createJob(HEARTBEAT);
    const start = now;
    for (const jobId of [within, beyond]) await client.report(jobId, { mark_started: true });
    pass(15 * SECOND);
    await client.post(`/api/jobs/${within}/heartbeat`);
    pass(1);
    await client.post(`/api/jobs/${beyond}/heartbeat`);
    await unchangedUntil(within, start + 45 * SECOND);
    expect((await wake(within)).health).toBe('late');
    expect((await wake(beyond)).health).toBe('ok');
    await unchangedUntil(beyond, start + 15 * SECOND + 1 + 45 * SECOND);
    expect((await wake(beyond)).health).toBe('late');
  });

  it('is judged the same by an object that was evicted, and by an alarm that runs twice', async () => {
    const jobId = await client.createJob(HEARTBEAT);
    await client.report(jobId, { mark_started: true });
    await evict(client.organization, jobId);
    pass(75 * SECOND);
    const stalled = await wake(jobId);
    expect(stalled.health).toBe('stalled');
    await runAlarmAnyway(client.organization, jobId);
    await runAlarmAnyway(client.organization, jobId);
    expect((await client.get(`/api/jobs/${jobId}`)).json).toEqual(stalled);
  });
});

describe('a job nobody works on', () => {
  it('is never late while it is untouched, nor by a heartbeat alone', async () => {
    const untouched = await client.createJob({ heartbeat_timeout_seconds: 10, timeout_seconds: 1 });
    const beating = await client.createJob({ heartbeat_timeout_seconds: 10, timeout_seconds: 1 });
    await client.post(`/api/jobs/${beating}/heartbeat`);
    pass(29 * DAY);
    for (const jobId of [untouched, beating]) {
      expect(await wake(jobId)).toMatchObject({ status: 'pending', health: 'ok', revision: 1 });
    }
  });

  it('is abandoned after 30 days, or 30 and the day a sign of life may be old', async () => {
    const never = await client.createJob();
    const once = await client.createJob();
    pass(HOUR);
    await client.report(once, { mark_started: true });
    const spoke = now;
    await unchangedUntil(never, spoke - HOUR + 30 * DAY);
    const ended = await wake(never);
    expect(ended).toMatchObject({ status: 'failed', completed_at: iso(now), duration_seconds: null });
    expect(ended.errors).toMatchObject([{ error_type: 'abandoned', message: ended.error_message }]);
    await unchangedUntil(once, spoke + 31 * DAY);
    expect(await wake(once)).toMatchObject({ status: 'failed', errors_by_type: { abandoned: 1 } });
  });
});

describe('a deadline', () => {
  it.each([
    ['mark_started', { mark_started: true }],
    ['the first report', { processed_items: 1 }],
    ['a first report that changes nothing', {}],
  ])('counts from %s, whatever is heard meanwhile', async (_name, first) => {
    const jobId = await client.createJob({ timeout_seconds: 100 });
    pass(DAY);
    await client.report(jobId, first);
    const since = now;
    pass(60 * SECOND);
    await client.report(jobId, { mark_started: true });
    await unchangedUntil(jobId, since + 100 * SECOND);
    const ended = await wake(jobId);
    expect(ended).toMatchObject({ status: 'failed', completed_at: iso(since + 100 * SECOND) });
    expect(ended.errors).toMatchObject([{ error_type: 'deadline_exceeded', message: ended.error_message }]);
  });

  it('wins over a loss that came later, where the alarm ran late; the end is when it ran', async () => {
    const deadline = await client.createJob({ ...HEARTBEAT, timeout_seconds: 190 });
    const lost = await client.createJob({ ...HEARTBEAT, timeout_seconds: 200 });
    for (const jobId of [deadline, lost]) await client.report(jobId, { mark_started: true });
    pass(DAY);
    const body = await wake(deadline);
    expect(body).toMatchObject({ errors_by_type: { deadline_exceeded: 1 }, completed_at: iso(now) });
    expect(body.revision).toBe(3);
    expect(await wake(lost)).toMatchObject({ errors_by_type: { heartbeat_lost: 1 }, revision: 3 });
  });
});

describe('after the end', () => {
  it.each([
    [undefined, 30],
    [1, 1],
    [365, 365],
  ])(
    'a job with retention_days %s is gone after %i days, from the list too',
    async (retention_days, days) => {
      const jobId = await client.createJob(retention_days === undefined ? {} : { retention_days });
      pass(HOUR);
      await client.report(jobId, { mark_completed: true });
      await unchangedUntil(jobId, now + days * DAY);
      await runDueAlarms(client.organization, jobId);
      expect((await client.get(`/api/jobs/${jobId}`)).status).toBe(404);
      expect((await client.get('/api/jobs/')).json.jobs).toEqual([]);
    },
  );

  it('the key of a removed job is taken for 41 days more', async () => {
    const key = { 'Idempotency-Key': 'the one' };
    const body = { job_type: 'import', total_items: 3, retention_days: 1 };
    const jobId = (await client.post('/api/jobs/', body, key)).json.job_id;
    await client.report(jobId, { mark_completed: true });
    pass(DAY);
    await runDueAlarms(client.organization, jobId);
    const removed = now;
    for (const later of [0, DAY, 41 * DAY - 1]) {
      pass(removed + later - now);
      await runDueAlarms(client.organization, jobId);
      const refused = await client.post('/api/jobs/', body, key);
      expect(refused.status, `${later}`).toBe(422);
      expect(refused.json.code).toBe('idempotency_conflict');
    }
    pass(1);
    await runDueAlarms(client.organization, jobId);
    const anew = await client.post('/api/jobs/', body, key);
    expect(anew.status).toBe(201);
    expect(anew.json).toMatchObject({ job_id: jobId, revision: 1, status: 'pending', created_at: iso(now) });
  });

  it('a cancelled job hears its worker for five minutes', async () => {
    const jobId = await client.createJob();
    await client.report(jobId, { mark_started: true });
    await client.post(`/api/jobs/${jobId}/cancel`);
    pass(5 * MINUTE - 1);
    const heard = await client.report(jobId, { processed_items: 4 });
    expect(heard.status).toBe(200);
    expect(heard.json).toMatchObject({ applied: true, status: 'cancelled', processed_items: 4 });
    pass(1);
    const refused = await client.report(jobId, { mark_completed: true });
    expect(refused.status).toBe(409);
    expect(refused.headers.get('Job-Status')).toBe('cancelled');
    expect(refused.json).toMatchObject({ code: 'job_terminal', control: { cancel: { reason: null } } });
    const body = (await client.get(`/api/jobs/${jobId}`)).json;
    expect(body).toMatchObject({ processed_items: 4, cancellation: { acknowledged_at: null } });
  });
});

it('a key is remembered for 24 hours', async () => {
  const jobId = await client.createJob();
  const send = () => client.report(jobId, { processed_delta: 2 }, { 'Idempotency-Key': 'once' });
  await send();
  pass(DAY - 1);
  expect((await send()).json).toMatchObject({ processed_items: 2, applied: true, applied_revision: 2 });
  pass(1);
  expect((await send()).json).toMatchObject({ processed_items: 4, applied: true, applied_revision: 3 });
});

function pass(ms: number): void {
  now += ms;
  setClock(now);
}

/** Runs what is due in the job's object and answers the job. */
// biome-ignore lint/suspicious/noExplicitAny: a test reads whatever came back
async function wake(jobId: string): Promise<any> {
  await runDueAlarms(client.organization, jobId);
  const { status, json } = await client.get(`/api/jobs/${jobId}`);
  expect(status).toBe(200);
  return json;
}

/** Passes to `at`; one millisecond before it, the alarm, due or not, changes nothing. */
async function unchangedUntil(jobId: string, at: number): Promise<void> {
  const before = (await client.get(`/api/jobs/${jobId}`)).json;
  pass(at - 1 - now);
  await runAlarmAnyway(client.organization, jobId);
  expect(await wake(jobId)).toEqual(before);
  pass(1);
}

async function eventTypes(jobId: string): Promise<string[]> {
  const { json } = await client.get(`/api/jobs/${jobId}/events`);
  return json.events.map(({ type }: { type: string }) => type);
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
