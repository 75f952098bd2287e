/** The client against the service itself. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Headway, HeadwayError, JobCancelled } from '../../src/client/index.ts';
import { all, headway, issue, open, ROWS, troubles } from './live-client.ts';
import { live } from './service.ts';

test('run: what returns completes, and its job is told all that was said', async () => {
  let id = '';
  const result = await headway.run(ROWS, async (job) => {
    for await (const row of job.track([1, 2, 3, 4])) if (row === 3) job.warn(issue);
    job.report({ stage: 'indexing', message: 'nearly there' });
    job.log('a line', 'warn');
    await job.flush();
    assert.equal((await headway.get(job.id ?? '')).processed_items, 4);
    id = job.id ?? '';
    return 'done';
  });
  assert.equal(result, 'done');
  const job = await headway.get(id);
  assert.deepEqual(
    [job.status, job.stage, job.last_message, job.warned_items],
    ['completed_with_warnings', 'indexing', 'nearly there', 1],
  );
  assert.deepEqual(
    (await all(headway.warnings(id))).map(({ entity_key }) => entity_key),
    ['130'],
  );
  const logs = (await all(headway.logs(id, { limit: 2 }))).map(({ kind, message }) => [kind, message]);
  assert.deepEqual(
    logs.filter(([kind]) => kind === 'log'),
    [
      ['log', 'nearly there'],
      ['log', 'a line'],
    ],
  );
  assert.deepEqual(
    (await all(headway.history(id))).map(({ type }) => type),
    ['job.created', 'job.started', 'job.stage_changed', 'job.completed'],
  );
  assert.deepEqual(troubles, []);
});

test('run: what throws fails with message and stack, and throws on', async () => {
  let id = '';
  const ran = headway.run(ROWS, async (job) => {
    await job.flush();
    id = job.id ?? '';
    throw new Error('the disk is full', { cause: 'quota' });
  });
  await assert.rejects(ran, /the disk is full/);
  const { status, error_message } = await headway.get(id);
  assert.equal(status, 'failed');
  assert.match(error_message ?? '', /^Error: the disk is full\n\s+at [\s\S]+\ncaused by quota$/);
});

test('run: a job that is refused begins no work', async () => {
  const ran = headway.run({ job_type: '', total_items: 0 }, () => assert.fail('it began'));
  await assert.rejects(ran, { code: 'validation_failed', status: 422 });
});

test('a cancellation stops the loop, and leaving acknowledges it', async () => {
  let id = '';
  const ran = headway.run(ROWS, async (job) => {
    await job.flush();
    id = job.id ?? '';
    for await (const _row of job.track(forever())) {
      await headway.cancel(id, { reason: 'wrong file' });
      job.report({ stage: 'after' });
      await job.flush().catch(() => undefined);
    }
  });
  const thrown = await ran.catch((error) => error);
  assert.ok(thrown instanceof JobCancelled);
  assert.equal(thrown.reason, 'wrong file');
  const { status, cancellation } = await headway.get(id);
  assert.deepEqual([status, cancellation?.acknowledged_with], ['cancelled', 'failed']);
});

test('create: left without complete() it failed, with it it completed', async () => {
  const ids: (string | null)[] = [];
  {
    await using left = await headway.create(ROWS);
    await using done = await headway.create(ROWS);
    ids.push(left.id, done.id);
    done.report({ processed_items: 4 });
    done.complete({ rows: 4 });
  }
  const [left, done] = await Promise.all(ids.map((id) => headway.get(id ?? '')));
  assert.deepEqual([left?.status, done?.status, done?.result], ['failed', 'completed', { rows: 4 }]);
  assert.match(left?.error_message ?? '', /without complete/);
});

test('watch: each state is the job as it stood, the last as GET answers it, and it ends by itself', async () => {
  await using job = await headway.create(ROWS);
  const id = job.id ?? '';
  const states: unknown[] = [];
  const watched = (async () => {
    for await (const state of headway.watch(id)) {
      if (states.push(state) === 1) {
        job.report({ stage: 'reading', metadata_patch: { feed: 'x' }, error: issue });
        job.report({ message: 'half', processed_items: 2, failed_items: 1 });
        job.complete({ rows: 3 });
      }
    }
  })();
  const waited = headway.wait(id);
  await watched;
  const last = await headway.get(id);
  assert.deepEqual(states.at(-1), last);
  assert.equal((await waited).status, 'partial_success');
  for await (const state of headway.watch(id)) assert.deepEqual(state, last);
});

test('break closes the stream', async () => {
  await using job = await headway.create(ROWS);
  for await (const state of headway.watch(job.id ?? '')) {
    assert.equal(state.status, 'pending');
    break;
  }
  job.complete();
});

test('list, rerun, items, errors, delete', async () => {
  const [one] = [await headway.enqueue({ ...ROWS, job_type: 'listed', tags: ['a'] })];
  await using job = headway.attach(one.job_id);
  job.report({ processed_items: 3, error: issue });
  job.complete();
  await job.flush();
  const again = await headway.rerun(one.job_id, { items: 'failed' });
  assert.equal(again.total_items, 1);
  assert.deepEqual(await all(headway.items(again.job_id)), [{ entity_type: 'row', entity_key: '130' }]);
  const listed = await all(headway.list({ job_type: 'listed', limit: 1 }));
  assert.deepEqual(
    listed.map(({ job_id }) => job_id),
    [again.job_id, one.job_id],
  );
  assert.deepEqual((await all(headway.errors(one.job_id, { error_type: 'missing' }))).length, 1);
  await headway.delete(one.job_id);
  await assert.rejects(headway.get(one.job_id), { code: 'job_not_found', status: 404 });
});

test('events: every event of a job once, and a cursor behind each', async () => {
  const { next_cursor } = await headway.readEvents({ limit: 100 });
  await headway.run({ ...ROWS, job_type: 'told' }, (job) => job.report({ stage: 'one' }));
  const types: string[] = [];
  let cursor = '';
  for await (const event of headway.events({ after: next_cursor, job_type: 'told' })) {
    types.push(event.type);
    if (types.length === 2) cursor = event.cursor;
    if (event.type === 'job.completed') break;
  }
  const whole = types.filter((type) => type !== 'job.progressed');
  assert.deepEqual(whole, ['job.created', 'job.started', 'job.stage_changed', 'job.completed']);
  for await (const event of headway.events({ after: cursor, job_type: 'told' })) {
    assert.equal(event.type, types[2]);
    break;
  }
});

test('by the environment: a job’s token reports on its job and reads it', async () => {
  const made = await headway.enqueue(ROWS);
  const { token } = await headway.tokens.create(made.job_id, { scope: 'report' });
  Object.assign(process.env, {
    HEADWAY_REPORT_URL: `${live.client.url}/r/${token}`,
    HEADWAY_JOB_ID: made.job_id,
  });
  try {
    await using job = Headway.fromEnv().attach();
    for await (const _row of job.track(new Set([1, 2, 3, 4])));
    job.complete();
    await job.flush();
    assert.equal((await Headway.fromEnv().get(made.job_id)).status, 'completed');
    await assert.rejects(Headway.fromEnv().enqueue(ROWS), HeadwayError);
  } finally {
    delete process.env.HEADWAY_REPORT_URL;
    delete process.env.HEADWAY_JOB_ID;
  }
});

test('webhooks, hooks and tokens are made, read, changed and removed', async () => {
  const { webhooks, hooks } = headway;
  // It is sent nothing: there is nobody.
  const made = await webhooks.create({ url: 'https://receiver.example/in', enabled: false });
  assert.match(made.secret, /^whsec_/);
  const changed = await webhooks.change(made.webhook_id, { event_types: ['job.completed'] });
  assert.deepEqual(changed.event_types, ['job.completed']);
  assert.deepEqual(
    (await all(webhooks.list())).map(({ webhook_id }) => webhook_id),
    [made.webhook_id],
  );
  assert.deepEqual(await all(webhooks.deliveries(made.webhook_id)), []);
  await webhooks.delete(made.webhook_id);
  await assert.rejects(webhooks.get(made.webhook_id), { status: 404 });
  const mapping = { action: 'create' as const, set: { job_type: 'import', total_items: 1 } };
  const hook = await hooks.create({
    name: 'partner',
    verification: { scheme: 'github', secret: 'a secret of both' },
    mapping,
  });
  assert.deepEqual(await all(hooks.arrivals(hook.hook_id)), []);
  await hooks.delete(hook.hook_id);
  const token = await headway.tokens.createFilter({ scope: 'read', filter: { job_type: 'import' } });
  assert.equal((await all(open({ apiKey: token.token }).list({ limit: 2 }))).length > 2, true);
  await headway.tokens.revokeFilter(token.token_id);
  assert.deepEqual(await all(headway.tokens.listFilter()), []);
  const { organization_id } = await headway.ask<{ organization_id: string }>('GET', '/api/me');
  assert.equal(organization_id, live.client.organization);
});

function* forever(): Generator<number> {
  for (let n = 0; ; n++) yield n;
}
