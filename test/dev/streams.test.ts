import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { EventSource } from 'eventsource';
import { createParser } from 'eventsource-parser';
import { StrictFrames } from '../support/strict-frames.ts';
import { assertToldAll, HOSTILE_JOB, type Told, tellHostileStory } from './hostile-story.ts';
import { Live } from './live.ts';

let live: Live;
before(async () => {
  live = await Live.start();
});
after(() => live.stop());

const streamOf = (jobId: string) => `${live.client.url}/api/jobs/${jobId}/stream`;

test('curl -N: no text of a job breaks a frame or makes another, by exact grammar and by an independent parser', async () => {
  const { client } = live;
  const jobId = await client.createJob(HOSTILE_JOB);
  const curl = spawn('curl', ['-sN', '-H', `Authorization: Bearer ${client.apiKey}`, streamOf(jobId)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(curl, 'close');
  const strict = new StrictFrames();
  const told: Told[] = [];
  const comments: string[] = [];
  const retries: number[] = [];
  let lastEventId = '';
  const parser = createParser({
    onEvent({ event = 'message', id = lastEventId, data }) {
      lastEventId = id;
      told.push({ event, lastEventId, data });
    },
    onComment: (comment) => comments.push(comment),
    onRetry: (retry) => retries.push(retry),
    onError: (error) => assert.fail(error),
  });
  const decoder = new TextDecoder();
  curl.stdout.on('data', (bytes: Buffer) => {
    strict.feed(bytes);
    parser.feed(decoder.decode(bytes, { stream: true }));
  });
  while (told.length === 0) await once(curl.stdout, 'data');
  await tellHostileStory(client, jobId);
  assert.deepEqual(await exit, [0, null]);

  assert.ok(!strict.inFrame);
  assert.deepEqual(
    strict.frames.map(({ event, data }) => [event, data]),
    told.map(({ event, data }) => [event, JSON.parse(data)]),
  );
  assert.deepEqual([retries, comments.length], [[strict.retry], strict.comments]);
  await assertToldAll(told, client, jobId);
});

/** An EventSource with a key, what it was told, and the answers to its requests. */
function openSource(jobId: string) {
  const told: Told[] = [];
  const answers: { status: number; from: string | undefined }[] = [];
  const source = new EventSource(streamOf(jobId), {
    async fetch(url, init) {
      const headers = { ...init.headers, Authorization: `Bearer ${live.client.apiKey}` };
      const response = await fetch(url, { ...init, headers });
      answers.push({ status: response.status, from: init.headers['Last-Event-ID'] });
      return response;
    },
  });
  for (const event of ['snapshot', 'update', 'resync', 'end', 'message']) {
    source.addEventListener(event, ({ lastEventId, data }) => told.push({ event, lastEventId, data }));
  }
  return { source, told, answers };
}

/** Resolves once what was told has what is looked for. */
async function until(told: readonly Told[], is: (one: Told) => boolean): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!told.some(is)) {
    assert.ok(Date.now() < deadline, `not told in time; last ${JSON.stringify(told.at(-1))}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

test('the eventsource package: told all of it, and sent away for good when the job is settled', async () => {
  const { client } = live;
  const jobId = await client.createJob(HOSTILE_JOB);
  const { source, told, answers } = openSource(jobId);
  await until(told, ({ event }) => event === 'snapshot');
  await tellHostileStory(client, jobId);
  // It comes back by itself after the end, and closes for good on a 204.
  while (source.readyState !== EventSource.CLOSED) await once(source as never, 'error');
  await assertToldAll(told, client, jobId);
  const last = String((await client.get(`/api/jobs/${jobId}`)).json.revision);
  assert.deepEqual(answers, [
    { status: 200, from: undefined },
    { status: 204, from: last },
  ]);
});

test('the eventsource package: goes on after a SIGKILL of the service where it stood', async () => {
  const { client } = live;
  const jobId = await client.createJob();
  const { source, told, answers } = openSource(jobId);
  await until(told, ({ event }) => event === 'snapshot');
  for (let revision = 2; revision < 5; revision++) {
    await client.post(`/api/jobs/${jobId}/progress`, { message: `line ${revision}` });
    await until(told, ({ lastEventId }) => lastEventId === String(revision));
    await live.crash();
  }
  await client.post(`/api/jobs/${jobId}/progress`, { mark_completed: true });
  await until(told, ({ event }) => event === 'end');
  source.close();
  assert.deepEqual(
    told.map(({ event, lastEventId }) => [event, lastEventId]),
    [['snapshot', '1'], ...['2', '3', '4', '5'].map((id) => ['update', id]), ['end', '5']],
  );
  assert.equal(answers.filter(({ status }) => status === 200).length, 4);
});
