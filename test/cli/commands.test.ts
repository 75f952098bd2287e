/** The commands that ask the service, and the profile that they ask by. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { chosen } from '../../src/cli/settings.ts';
import { verifyWebhook } from '../../src/client/index.ts';
import { environment, follow, headway, live, place, start, TOOL, until } from './tool.ts';

const { client } = live;
const UNSET = { HEADWAY_URL: undefined, HEADWAY_API_KEY: undefined };

test('flags go before the environment, that before the profile, whose key is for its own service alone', () => {
  const profile = { url: 'https://kept.example', api_key: 'hw_kept' };
  const set = { HEADWAY_URL: 'https://set.example', HEADWAY_API_KEY: 'hw_set' };
  const report = { HEADWAY_REPORT_URL: 'https://line.example/r/hwt_token' };
  const cases: [Parameters<typeof chosen>, { url: string; apiKey: string } | null][] = [
    [[{}, {}, null], null],
    [[{}, {}, profile], { url: 'https://kept.example', apiKey: 'hw_kept' }],
    [[{}, set, profile], { url: 'https://set.example', apiKey: 'hw_set' }],
    [
      [{ url: 'https://flag.example', key: 'hw_flag' }, set, profile],
      { url: 'https://flag.example', apiKey: 'hw_flag' },
    ],
    [[{ url: 'https://flag.example' }, {}, profile], null],
    [[{ key: 'hw_flag' }, {}, profile], { url: 'https://kept.example', apiKey: 'hw_flag' }],
    [[{}, report, null], { url: 'https://line.example', apiKey: 'hwt_token' }],
    [[{}, { ...report, HEADWAY_URL: 'https://set.example' }, null], null],
  ];
  for (const [given, expected] of cases) assert.deepEqual(chosen(...given), expected);
});

test('login tries the key and keeps it for its owner alone; logout forgets it', async () => {
  const env = environment(UNSET);
  const child = spawn(process.execPath, [TOOL, 'login', client.url], { cwd: place.folder, env });
  child.stdin.end(`${client.apiKey}\n`);
  const { code, stdout } = await follow(child).ended;
  const file = place.path('.config', 'headway', 'profile.json');
  assert.equal(code, 0);
  assert.match(
    stdout,
    new RegExp(`^Signed in to ${client.organization} at ${client.url} \\(.*\\); kept in ${file}\\n$`),
  );
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  assert.equal((await stat(place.path('.config', 'headway'))).mode & 0o777, 0o700);
  assert.equal((await headway(['jobs'], UNSET)).code, 0);
  await chmod(file, 0o644);
  const open = await headway(['jobs'], UNSET);
  assert.equal(open.code, 2);
  assert.match(open.stderr, /^headway: others may read .*chmod 600 it\n$/);
  await chmod(file, 0o600);
  const wrong = await headway(['login', client.url, '--key', 'hw_x'], UNSET);
  assert.deepEqual([wrong.code, wrong.stdout], [1, '']);
  assert.equal(JSON.parse(await readFile(file, 'utf8')).api_key, client.apiKey);
  assert.equal((await headway(['logout'], UNSET)).code, 0);
  const none = await headway(['jobs'], UNSET);
  assert.deepEqual([none.code, none.stdout], [2, '']);
});

test('jobs are made, listed as a table and for programs, cancelled and run again', async () => {
  const type = `list-${randomUUID().slice(0, 8)}`;
  const made = await headway([
    'create',
    '--type',
    type,
    '--total',
    '8',
    '--name',
    'Prices',
    '--tag',
    'a',
    '--metadata',
    '{"x":1}',
  ]);
  const id = made.stdout.trim();
  const other = JSON.parse((await headway(['create', '--type', type, '-o', 'json'])).stdout).job_id;
  assert.deepEqual((await client.job(id)).metadata, { x: 1 });
  const table = (await headway(['jobs', '--type', type])).stdout.trimEnd().split('\n');
  assert.match(table[0] ?? '', /^ID +STATUS +DONE +ITEMS +AGE +TYPE +NAME$/);
  assert.match(table[2] ?? '', new RegExp(`^${id} +pending +0% +0/8 +\\d+s +${type} +Prices$`));
  const list = JSON.parse((await headway(['jobs', '--type', type, '--tag', 'a', '-o', 'json'])).stdout);
  assert.deepEqual(
    list.map(({ job_id }: { job_id: string }) => job_id),
    [id],
  );
  const cancelled = await headway(['cancel', id, other, '--reason', 'no']);
  assert.deepEqual(cancelled.stdout, `${id}  cancelled\n${other}  cancelled\n`);
  assert.equal((await client.job(id)).cancellation.reason, 'no');
  const [third, done] = [await client.createJob(), await client.createJob()];
  await client.report(done, { mark_completed: true });
  const some = await headway(['cancel', 'none', done, third]);
  assert.deepEqual([some.code, some.stdout], [1, `${third}  cancelled\n`]);
  assert.match(some.stderr, new RegExp(`^headway: none: 404 .*\\nheadway: ${done}: 409 .*\\n$`));
  const again = (await headway(['rerun', id])).stdout.trim();
  assert.equal((await client.job(again)).rerun_of, id);
  const running = await headway(['jobs', '--type', type, '--status', 'open', '-o', 'jsonl']);
  assert.deepEqual(
    running.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).job_id),
    [again],
  );
  const refused = await headway(['rerun', again]);
  assert.deepEqual([refused.code, refused.stdout], [1, '']);
  assert.match(refused.stderr, /^headway: 409 .*\n$/);
});

test('logs are followed to the end of the job, each line once', async () => {
  const id = await client.createJob();
  await client.report(id, { mark_started: true, logs: [{ level: 'info', message: 'one' }] });
  const running = start(['logs', '-f', id]);
  await until(running.stdout, (text) => text.includes('one'));
  const lines = Array.from({ length: 250 }, (_, n) => ({ level: 'info', message: `line ${n}` }));
  await client.report(id, { logs: lines });
  await until(running.stdout, (text) => text.includes('line 249'));
  await client.report(id, {
    error: { entity_key: 'r', error_type: 'bad', message: 'bad\x1b[31m row' },
    mark_completed: true,
  });
  const { code, stdout } = await running.ended;
  assert.equal(code, 0);
  const said = stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.split(/ {2,}/).slice(1));
  const messages = said.filter(([kind]) => kind?.trim() === 'info').map(([, message]) => message);
  assert.deepEqual(messages, ['one', ...lines.map(({ message }) => message)]);
  assert.deepEqual(
    said.filter(([kind]) => kind?.trim() === 'error').map(([, message]) => message),
    ['bad row'],
  );
  const whole = await headway(['logs', id, '--level', 'error', '-o', 'jsonl']);
  assert.equal(JSON.parse(whole.stdout.split('\n')[0] ?? '').level, 'error');
});

test('events are printed from the oldest, or followed from now on', async () => {
  const type = `events-${randomUUID().slice(0, 8)}`;
  const id = await client.createJob({ job_type: type });
  const past = await headway(['events', '--type', type, '-o', 'jsonl']);
  assert.deepEqual(
    past.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).type),
    ['job.created'],
  );
  const running = start(['events', '-f', '--type', type, '--event', 'job.completed']);
  // What happened before it listens is not told: jobs end until one is.
  const told = until(running.stdout, (text) => text !== '');
  for (let done = false; !done; ) {
    await client.report(await client.createJob({ job_type: type }), { mark_completed: true });
    done = await Promise.race([
      told.then(() => true),
      new Promise<boolean>((resolve) => setTimeout(resolve, 200, false)),
    ]);
  }
  running.child.kill('SIGINT');
  const { code, stdout } = await running.ended;
  assert.equal(code, 130);
  assert.ok(!stdout.includes(id));
  assert.match(stdout.split('\n')[0] ?? '', /^20\S+Z {2}job\.completed {2}\S+ {2}\S/);
});

test('webhooks listen posts what happens to a receiver here, signed by the secret that it prints', async () => {
  const type = `listen-${randomUUID().slice(0, 8)}`;
  const got: { headers: Record<string, string | string[] | undefined>; body: string }[] = [];
  const server = createServer(async (request, answer) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    got.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
    answer.writeHead(got.length === 1 ? 500 : 204).end();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/in`;
  const running = start(['webhooks', 'listen', '--forward-to', url, '--type', type]);
  await until(running.stderr, (text) => text.includes(`listening, and posting to ${url}`));
  const id = await client.createJob({ job_type: type });
  await client.report(id, { mark_completed: true });
  await until(
    () => got.length,
    (count) => count >= 2,
  );
  await until(running.stdout, (text) => text.includes('204'));
  running.child.kill('SIGINT');
  const { stdout } = await running.ended;
  server.close();
  const [, secret = ''] = /^Signed by (whsec_\S+)\n/.exec(stdout) ?? [];
  const events = await Promise.all(got.map(({ headers, body }) => verifyWebhook(body, headers, { secret })));
  assert.deepEqual(events[0]?.type, 'job.created');
  assert.deepEqual([events[0]?.previous_revision, events[0]?.job_id], [null, id]);
  assert.equal(events[1]?.previous_revision, events[0]?.revision);
  assert.match(stdout, /\n500 {2}20\S+Z {2}job\.created/);
  await assert.rejects(verifyWebhook(`${got[0]?.body} `, got[0]?.headers ?? {}, { secret }));
});

test('keys are made, listed without their secrets, rotated and revoked', async () => {
  const made = await headway(['keys', 'create', 'nightly', '--preset', 'worker', '--type', 'import']);
  const key = made.stdout.trim();
  assert.equal((await headway(['jobs'], { HEADWAY_API_KEY: key })).code, 0);
  const list = await headway(['keys', '-o', 'json']);
  assert.ok(!list.stdout.includes(key));
  const { key_id } = JSON.parse(list.stdout).find(({ name }: { name: string }) => name === 'nightly');
  assert.match(
    (await headway(['keys'])).stdout,
    new RegExp(`${key_id} +nightly +.* never +job:create job:read`),
  );
  const next = (await headway(['keys', 'rotate', key_id, '--grace', '1h'])).stdout.trim();
  assert.notEqual(next, key);
  assert.equal((await headway(['keys', 'revoke', key_id])).code, 0);
  assert.match((await headway(['keys', 'list'])).stdout, /revoked/);
});

test('hooks are made from a file, tried, listed and deleted', async () => {
  const hook = {
    name: 'shop',
    verification: { scheme: 'token' },
    mapping: { action: 'create', from: { name: '/order' }, set: { job_type: 'order', total_items: 0 } },
  };
  await writeFile(place.path('hook.json'), JSON.stringify(hook));
  await writeFile(place.path('order.json'), JSON.stringify({ order: 'No. 7' }));
  const made = await headway(['hooks', 'create', 'hook.json']);
  assert.match(made.stdout, new RegExp(`^${client.url}/hooks/\\S+\\n$`), made.stderr);
  const [listed] = JSON.parse((await headway(['hooks', '-o', 'json'])).stdout);
  const trial = JSON.parse((await headway(['hooks', 'test', listed.hook_id, 'order.json'])).stdout);
  assert.equal(trial.body.name, 'No. 7');
  assert.match((await headway(['hooks', 'list'])).stdout, /shop +token +create/);
  assert.equal((await headway(['hooks', 'delete', listed.hook_id])).code, 0);
  assert.deepEqual(JSON.parse((await headway(['hooks', '-o', 'json'])).stdout), []);
  const absent = await headway(['hooks', 'create', 'none.json']);
  assert.equal(absent.code, 2);
});

test('open prints where the dashboard is, and a link that signs in', async () => {
  const plain = await headway(['open', '--print', 'a b']);
  assert.equal(plain.stdout, `${client.url}/ui/jobs/a%20b\n`);
  const link = await headway(['open', '--print', '--sign-in']);
  assert.match(link.stdout, /^http:\/\/127\.0\.0\.1:\d+\/\S+\n$/);
});
