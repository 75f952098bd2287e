/** `headway watch` where there is no terminal: lines, exit codes, and a service that goes and comes. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { headway, live, start, until } from './tool.ts';

const { client } = live;

/** A job that was ended in some way. */
async function ended(report: Record<string, unknown>, fields: Record<string, unknown> = {}): Promise<string> {
  const id = await client.createJob(fields);
  await client.report(id, { mark_started: true, processed_items: 4 });
  if (report.cancel) await client.post(`/api/jobs/${id}/cancel`, { reason: 'not today' });
  else await client.report(id, report);
  return id;
}

const failed = () => ended({ mark_failed: 'no disk' });
const partial = () => ended({ mark_completed: true, processed_items: 9, failed_items: 1 });
const cancelled = () => ended({ cancel: true });
const completed = () => ended({ mark_completed: true });

test('a line for each change, and exactly one last one', async () => {
  const id = await client.createJob({ name: 'Prices' });
  const running = start(['watch', id]);
  await until(running.stdout, (text) => text.includes('pending'));
  await client.report(id, { mark_started: true, processed_items: 3, stage: 'load' });
  await until(running.stdout, (text) => text.includes('30%'));
  await client.report(id, { processed_items: 5, message: 'half' });
  await until(running.stdout, (text) => text.includes('half'));
  await client.report(id, { processed_items: 10, mark_completed: true });
  const { code, stdout, stderr } = await running.ended;
  assert.deepEqual([code, stderr], [0, '']);
  const lines = stdout.trimEnd().split('\n');
  assert.match(lines[0] ?? '', new RegExp(`^${id}  Prices  0%  0/10  pending$`));
  assert.match(lines[1] ?? '', /30% {2}3\/10 .*load$/);
  assert.match(lines.at(-2) ?? '', /50% {2}5\/10 .*load · half$/);
  assert.match(lines.at(-1) ?? '', /100% {2}10\/10 {2}in 0:\d\d {2}completed$/);
  assert.equal(lines.filter((line) => line.endsWith('completed')).length, 1);
  assert.ok(!stdout.includes('\x1b'));
});

test('the exit code says how they have ended, where it is asked to', async () => {
  const [bad, part, gone, good] = await Promise.all([failed(), partial(), cancelled(), completed()]);
  const cases: [string[], number][] = [
    [[good], 0],
    [[gone, good], 3],
    [[part, gone], 4],
    [[bad, part, good], 1],
  ];
  for (const [ids, expected] of cases) {
    const { code, stdout } = await headway(['watch', '--exit-status', ...ids]);
    assert.equal(code, expected, stdout);
    assert.equal(stdout.trimEnd().split('\n').length, ids.length);
  }
  const without = await headway(['watch', bad]);
  assert.equal(without.code, 0);
  assert.match(without.stdout, /failed: no disk\n$/);
});

test('--fail-fast ends with the first that fails, --timeout after its time', async () => {
  const open = await client.createJob();
  const bad = await failed();
  const fast = await headway(['watch', '--fail-fast', '--exit-status', open, bad]);
  assert.equal(fast.code, 1);
  assert.equal((await headway(['watch', '--fail-fast', open, bad])).code, 0);
  const late = await headway(['watch', '--timeout', '300ms', open]);
  assert.deepEqual([late.code, late.stderr], [124, 'headway: the time is over, and not all have ended\n']);
});

test('with neither an id nor a filter it is the job of the environment; where there is none, and nobody to ask, that ends with 2', async () => {
  const id = await completed();
  const given = await headway(['watch'], { HEADWAY_JOB_ID: id });
  assert.deepEqual([given.code, given.stdout.startsWith(id)], [0, true]);
  assert.equal((await headway(['watch'])).code, 2);
});

test('a timeout of more than a timer can wait is no short one', async () => {
  const id = await client.createJob();
  const running = ['30d', '50d'].map((time) => start(['watch', '--timeout', time, id]));
  for (const { stdout } of running) await until(stdout, (text) => text.includes('pending'));
  await client.report(id, { mark_completed: true });
  for (const { ended } of running) {
    const { code, stderr } = await ended;
    assert.deepEqual([code, stderr], [0, '']);
  }
});

test('Ctrl-C ends the watching, not the job', async () => {
  const id = await client.createJob();
  const running = start(['watch', id]);
  await until(running.stdout, (text) => text.includes('pending'));
  running.child.kill('SIGINT');
  assert.equal((await running.ended).code, 130);
  assert.equal((await client.job(id)).status, 'pending');
});

test('of a filter those that are open are watched, and those that come', async () => {
  const type = `watch-${randomUUID().slice(0, 8)}`;
  const running = start(['watch', '--type', type, '-o', 'jsonl']);
  await until(running.stderr, (text) => text.includes('the next is waited for'));
  const first = await client.createJob({ job_type: type });
  await until(running.stdout, (text) => text.includes(first));
  const second = await client.createJob({ job_type: type });
  await until(running.stdout, (text) => text.includes(second));
  for (const id of [first, second]) await client.report(id, { mark_completed: true });
  const { code, stdout } = await running.ended;
  assert.equal(code, 0);
  const states = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  for (const id of [first, second]) {
    const own = states.filter(({ job_id }) => job_id === id).map(({ status }) => status);
    assert.deepEqual(
      [own[0], own.at(-1), own.filter((status) => status === 'completed').length],
      ['pending', 'completed', 1],
    );
  }
});

test('it goes on after a service that was killed, and says so; one line ends the job', async () => {
  const id = await client.createJob({ name: 'Prices' });
  const running = start(['watch', id]);
  await until(running.stdout, (text) => text.includes('pending'));
  await live.crash();
  await client.report(id, { mark_started: true, processed_items: 7 });
  await client.report(id, { mark_completed: true });
  const { code, stdout, stderr } = await running.ended;
  assert.equal(code, 0);
  assert.equal(stderr, 'headway: the connection is lost, and sought again\nheadway: connected again\n');
  assert.match(stdout.trimEnd().split('\n').at(-1) ?? '', /completed$/);
  assert.equal(stdout.split('completed').length, 2);
});

test('a job that is not there yet is waited for, and the page of a proxy is no end', async () => {
  const job = { ...(await client.job(await completed())), job_id: 'later' };
  const frames = `event: snapshot\nid: 1\ndata: ${JSON.stringify({ job })}\n\nevent: end\ndata: {}\n\n`;
  const answers = [
    [404, 'application/problem+json', '{"code":"job_not_found","detail":"There is no such job."}'],
    [404, 'text/html', '<h1>Not here</h1>'],
    [502, 'text/html', '<h1>Bad gateway</h1>'],
    [200, 'text/event-stream', frames],
  ] as const;
  let asked = 0;
  const server = createServer((_, answer) => {
    const [status, type, body] = answers[Math.min(asked, answers.length - 1)] ?? answers[0];
    asked += 1;
    answer.writeHead(status, { 'Content-Type': type }).end(body);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const { code, stdout, stderr } = await headway(['watch', 'later'], {
    HEADWAY_URL: `http://127.0.0.1:${port}`,
  });
  server.close();
  assert.equal(code, 0);
  assert.match(stdout, /^later {2}.*completed\n$/);
  assert.match(
    stderr,
    /^headway: later is not there yet, and is waited for\nheadway: the connection is lost/,
  );
});

/** Answers with a stream of a job that has ended. */
function streamOf(job: unknown, answer: ServerResponse): void {
  answer.writeHead(200, { 'Content-Type': 'text/event-stream' });
  answer.end(`event: snapshot\nid: 1\ndata: ${JSON.stringify({ job })}\n\nevent: end\ndata: {}\n\n`);
}

/** What `watch` shows of the jobs of a service that is lost once and found again. */
async function watchedThroughALoss(respond: RequestListener): Promise<string> {
  const server = createServer(respond);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const { code, stdout, stderr } = await headway(['watch', '--type', 'any'], {
    HEADWAY_URL: `http://127.0.0.1:${port}`,
  });
  server.close();
  assert.deepEqual(
    [code, stderr],
    [0, 'headway: the connection is lost, and sought again\nheadway: connected again\n'],
  );
  return stdout;
}

test('a service that is away while jobs are looked for is sought again, when it says', async () => {
  const listed = await client.job(await completed());
  const answers = [
    [503, { 'Retry-After': '11' }, '{"code":"unavailable","detail":"Come again."}'],
    [200, {}, JSON.stringify({ jobs: [listed], next_cursor: null })],
  ] as const;
  const asked: number[] = [];
  const stdout = await watchedThroughALoss((request, answer) => {
    if (request.url?.includes('/stream')) return streamOf(listed, answer);
    const [status, headers, body] = answers[Math.min(asked.push(Date.now()) - 1, 1)] ?? answers[0];
    answer.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(body);
  });
  assert.match(stdout, /completed\n$/);
  const [first = 0, second = 0] = asked;
  assert.ok(second - first >= 10_990, `asked again after ${second - first} ms`);
});

test('of a filter a page of a proxy is no end, and a job that was deleted before it was seen is its own', async () => {
  const listed = await client.job(await completed());
  const jobs = [{ ...listed, job_id: 'deleted', status: 'in_progress' }, listed];
  const answers = [
    [404, 'text/html', '<h1>Not here</h1>'],
    [200, 'text/html', '<h1>Hello</h1>'],
    [200, 'application/json', JSON.stringify({ jobs, next_cursor: null })],
  ] as const;
  let asked = 0;
  const stdout = await watchedThroughALoss((request, answer) => {
    if (request.url?.includes('/deleted')) {
      answer.writeHead(404, { 'Content-Type': 'application/problem+json' });
      answer.end('{"code":"job_not_found","detail":"There is no such job."}');
      return;
    }
    if (request.url?.includes('/stream')) return streamOf(listed, answer);
    const [status, type, body] = answers[Math.min(asked++, 2)] ?? answers[0];
    answer.writeHead(status, { 'Content-Type': type }).end(body);
  });
  assert.match(stdout, /^\S+ {2}.*completed\n$/);
});

test('what may not be seen is a refusal in one line; without a job there is nothing to do', async () => {
  const wrong = await headway(['watch', await client.createJob()], { HEADWAY_API_KEY: 'hw_x' });
  assert.equal(wrong.code, 1);
  assert.match(wrong.stderr, /^headway: 401 .*\n$/);
  const nothing = await headway(['watch']);
  assert.deepEqual(
    [nothing.code, nothing.stderr],
    [2, 'headway: name a job, or say which by --type, --tag or --name\n'],
  );
});
