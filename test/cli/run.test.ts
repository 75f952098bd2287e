/** `headway run`: a command runs as if nothing stood before it, and its job shows how. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import {
  environment,
  follow,
  headway,
  hurried,
  live,
  newest,
  place,
  running,
  start,
  TOOL,
  newType as type,
  until,
} from './tool.ts';

/** Runs a shell script under `run`, and answers how both ended. */
async function sh(script: string, options: string[] = [], env: Record<string, string | undefined> = {}) {
  const own = type();
  const outcome = await headway(['run', '--type', own, ...options, '--', 'sh', '-c', script], env);
  return { ...outcome, job: await newest(own) };
}

test('a command that ends well: its output comes through, its job is complete', async () => {
  const { code, stdout, stderr, job } = await sh(
    'echo one; echo "::progress 50/200 uploading"; echo two >&2; cat',
  );
  assert.deepEqual([code, stdout, stderr], [0, 'one\n::progress 50/200 uploading\n', 'two\n']);
  assert.deepEqual(
    [job.status, job.name, job.processed_items, job.total_items],
    ['completed', 'sh', 50, 200],
  );
  assert.equal(job.last_message, 'uploading');
});

test('every byte comes through in its order, on its own output, whatever it is', async () => {
  const bytes = Buffer.from(Array.from({ length: 400_000 }, (_, n) => (n * 7 + (n >> 8)) % 256));
  await writeFile(place.path('bytes'), bytes);
  const child = spawn(
    'sh',
    [
      '-c',
      `"$0" "$@" >out 2>err`,
      process.execPath,
      TOOL,
      'run',
      '--type',
      type(),
      '--',
      'sh',
      '-c',
      'cat bytes; cat bytes bytes >&2',
    ],
    {
      ...{ cwd: place.folder, env: environment(), stdio: 'ignore' },
    },
  );
  assert.equal((await follow(child).ended).code, 0);
  assert.ok((await readFile(place.path('out'))).equals(bytes));
  assert.ok((await readFile(place.path('err'))).equals(Buffer.concat([bytes, bytes])));
});

const CODES: [script: string, code: number, said: RegExp][] = [
  ['echo bad >&2; exit 3', 3, /^exit code 3\nbad$/],
  ['kill -TERM $$', 143, /^signal TERM$/],
  ['kill -KILL $$', 137, /^signal KILL$/],
  ['echo a; exit 255', 255, /^exit code 255\na$/],
];
for (const [script, expected, said] of CODES) {
  test(`${script}: the exit code is ${expected}, and the job has failed with that and the last lines`, async () => {
    const { code, signal, job } = await sh(script);
    assert.deepEqual([code, signal, job.status], [expected, null, 'failed']);
    assert.match(job.error_message, said);
  });
}

test('what is said of the job stands in it, and the rest of the line is the command’s', async () => {
  const own = type();
  const args = [
    'run',
    '--type',
    own,
    '--name',
    'Prices',
    '--total',
    '8',
    '--stage',
    'load',
    '--tag',
    'a',
    '--tag',
    'b',
  ];
  const { code, stdout } = await headway([
    ...args,
    '--parse',
    'row {processed}',
    'printf',
    'row 3\n%s %s',
    '--total',
    '-x',
  ]);
  assert.deepEqual([code, stdout], [0, 'row 3\n--total -x']);
  const { name, total_items, processed_items, stage, tags } = await newest(own);
  assert.deepEqual([name, total_items, processed_items, stage, tags], ['Prices', 8, 3, 'load', ['a', 'b']]);
});

test('the command is told of its job, and reports by the address', async () => {
  const { code, stdout, job } = await sh(
    'curl -sS "$HEADWAY_REPORT_URL" -d "7/9 by hand"; echo "$HEADWAY_JOB_ID"',
  );
  assert.deepEqual([code, stdout], [0, `in_progress 77.77% (7 of 9)\n${job.job_id}\n`]);
  assert.deepEqual([job.processed_items, job.total_items, job.status], [7, 9, 'completed']);
});

test('with a job’s token alone the job that is there is reported on', async () => {
  const id = await live.client.createJob({ total_items: 4 });
  const { token } = (await live.client.post(`/api/jobs/${id}/tokens`, { scope: 'report' })).json;
  const { code, stderr } = await headway(['run', '--', 'sh', '-c', 'echo 2/4; exit 5'], {
    HEADWAY_URL: undefined,
    HEADWAY_API_KEY: undefined,
    HEADWAY_REPORT_URL: `${live.client.url}/r/${token}`,
    HEADWAY_JOB_ID: id,
  });
  assert.deepEqual([code, stderr], [5, '']);
  const job = await live.client.job(id);
  assert.deepEqual([job.status, job.processed_items, job.error_message], ['failed', 2, 'exit code 5\n2/4']);
});

test('values of secrets are masked in all that is sent, and in nothing that is shown', async () => {
  const script =
    'echo "::stage at $MY_TOKEN"; echo "::progress 1/2 by $MY_TOKEN"; echo "key $HEADWAY_API_KEY"; exit 1';
  const { stdout, job } = await sh(script, ['--name', 'x hunter2secret'], { MY_TOKEN: 'hunter2secret' });
  assert.match(stdout, /hunter2secret/);
  assert.equal(job.error_message, 'exit code 1\nkey ***');
  assert.deepEqual([job.name, job.stage, job.last_message], ['x ***', 'at ***', 'by ***']);
  const everything =
    JSON.stringify((await live.client.get(`/api/jobs/${job.job_id}/logs`)).json) + JSON.stringify(job);
  assert.ok(!everything.includes('hunter2secret') && !everything.includes(live.client.apiKey));
});

test('what the command is let in by is masked too: the address that it was told, and a key of the command line', async () => {
  const own = type();
  const script =
    'echo "::stage $HEADWAY_REPORT_URL"; echo "::progress 1/2 at $HEADWAY_REPORT_URL"; env; set -x; : "$HEADWAY_REPORT_URL"; ' +
    `printf 'u:%s' "$HEADWAY_REPORT_URL" | base64; echo ${live.client.apiKey}; exit 1`;
  const { stdout } = await headway(
    ['run', '--type', own, '--key', live.client.apiKey, '--', 'sh', '-c', script],
    { HEADWAY_API_KEY: undefined },
  );
  const token = /\/r\/(hwt_\S+)/.exec(stdout)?.[1] ?? assert.fail(stdout);
  const job = await newest(own);
  assert.equal(job.stage, `${live.client.url}/r/***`);
  assert.match(job.error_message, /^HEADWAY_REPORT_URL=\S+\/r\/\*\*\*$/m);
  const everything =
    JSON.stringify((await live.client.get(`/api/jobs/${job.job_id}/logs`)).json) + JSON.stringify(job);
  for (const secret of [token, 'hwt_', live.client.apiKey]) assert.ok(!everything.includes(secret), secret);
});

test('secrets of the command line itself are masked: of a type, a tag, and a program that is none', async () => {
  const secrets = { MY_TOKEN: 'hunter2secret', MY_KEY: `${'k3y'.repeat(3_000)}` };
  const own = type();
  const args = ['run', '--type', own, '--tag', 'by hunter2secret', '/none/hunter2secret'];
  assert.equal((await headway(args, secrets)).code, 127);
  const { name, tags, error_message } = await newest(own);
  assert.deepEqual([name, tags, error_message], ['***', ['by ***'], '/none/***: command not found']);
  assert.equal((await headway(['run', '--type', 'x-hunter2secret', 'true'], secrets)).code, 0);
  assert.equal((await newest('x-***')).status, 'completed');
});

test('a secret that is longer than what is told of a failure is masked whole', async () => {
  const { job } = await sh('echo "$MY_KEY"; echo "$MY_KEY"; exit 1', [], { MY_KEY: 'k3y'.repeat(4_000) });
  assert.equal(job.error_message, 'exit code 1\n***\n***');
});

test('a cancel in the API ends the command and all that it has started, with its grace', async () => {
  const job_id = await hurried();
  const script = `trap 'echo told; exit 9' TERM; sh -c "trap '' TERM; while :; do sleep 0.1; done" stubborn-of-run & echo ready; while :; do sleep 0.1; done`;
  const started = start(['run', '--job', job_id, '--grace', '1s', '--', 'sh', '-c', script]);
  await until(started.stdout, (text) => text.includes('ready'));
  assert.ok(running('stubborn-of-run') > 0);
  await live.client.post(`/api/jobs/${job_id}/cancel`, { reason: 'not today' });
  const { code, stdout } = await started.ended;
  assert.deepEqual([code, stdout], [9, 'ready\ntold\n']);
  const job = await live.client.job(job_id);
  assert.equal(job.status, 'cancelled');
  assert.equal(job.cancellation.acknowledged_with, 'failed');
  assert.equal(running('stubborn-of-run'), 0);
});

test('a grace of more than a timer can wait is no short one', async () => {
  const job_id = await hurried();
  const script = `trap 'sleep 0.5; exit 9' TERM; echo ready; while :; do sleep 0.1; done`;
  const started = start(['run', '--job', job_id, '--grace', '30d', '--', 'sh', '-c', script]);
  await until(started.stdout, (text) => text.includes('ready'));
  await live.client.post(`/api/jobs/${job_id}/cancel`, {});
  assert.equal((await started.ended).code, 9);
});

test('per cents are of the total that the job has; where it has none that becomes 100', async () => {
  for (const [total_items, total, processed] of [
    [1_000, 1_000, 250],
    [0, 100, 25],
  ] as const) {
    const id = await live.client.createJob({ total_items });
    assert.equal((await headway(['run', '--job', id, '--', 'sh', '-c', 'echo 25%; exit 3'])).code, 3);
    const job = await live.client.job(id);
    assert.deepEqual([job.total_items, job.processed_items], [total, processed]);
  }
});

test('what holds the pipe after the command is not waited for, and no byte that was written before is lost', async () => {
  const began = performance.now();
  const { code, stdout, job } = await sh(
    '(sleep 600; echo late) & echo $! >held; seq 20000; echo the end; exit 4',
  );
  process.kill(Number(await readFile(place.path('held'), 'utf8')));
  assert.ok(performance.now() - began < 300_000);
  assert.equal(code, 4);
  assert.match(stdout, /^1\n2\n[\s\S]*\n20000\nthe end\n$/);
  assert.match(job.error_message, /20000\nthe end$/);
});

test('a closed stdout ends nothing', async () => {
  const own = type();
  const script = '"$0" "$@" | head -n 1; echo "$PIPESTATUS"';
  const command = ['run', '--type', own, '--', 'sh', '-c', 'seq 100000; echo done; echo ended >&2; exit 6'];
  const child = spawn('bash', ['-c', script, process.execPath, TOOL, ...command], {
    ...{ cwd: place.folder, env: environment(), stdio: ['ignore', 'pipe', 'pipe'] },
  });
  const { stdout, stderr } = await follow(child).ended;
  assert.deepEqual([stdout, stderr], ['1\n6\n', 'ended\n']);
  assert.match((await newest(own)).error_message, /^done$/m);
});

test('a reader that stops holds the command as a pipe does, not the reports', async () => {
  const own = type();
  const child = spawn(
    process.execPath,
    [TOOL, 'run', '--type', own, '--', 'sh', '-c', 'yes x | head -c 3000000; exit 2'],
    {
      ...{ cwd: place.folder, env: environment(), stdio: ['ignore', 'pipe', 'pipe'] },
    },
  );
  const { job_id } = await newest(own);
  await live.client.post(`/api/jobs/${job_id}/cancel`, {});
  const ended = follow(child).ended;
  assert.ok((await ended).stdout.length <= 3_000_000);
});

test('a line that has no meaning is an exit code of 2', async () => {
  for (const args of [
    ['run'],
    ['run', '--total', 'x', 'true'],
    ['run', '--parse', '{}', 'true'],
    ['run', '--no-such', 'true'],
    ['nothing'],
  ]) {
    const { code, stdout, stderr } = await headway(args);
    assert.deepEqual([args, code, stdout], [args, 2, '']);
    assert.ok(stderr.length > 10);
  }
});
