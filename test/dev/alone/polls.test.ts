import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { bundleWorker } from '../../../bench/bundle.ts';
import { Connection } from '../../../bench/connection.ts';
import { type Headway, startHeadway } from '../../../bench/headway.ts';
import { createJobs } from '../../../bench/measures.ts';
import { bundleFor } from '../../../dev/service.ts';
import { Workplace } from '../commands.ts';

/** Polls and batches of the service as a process, with objects that count what they are asked. */

let place: Workplace;
let service: Headway;

before(async () => {
  place = await Workplace.make();
  await bundleWorker('bench/polls/worker.ts', place.path('counting'), await bundleFor(place.path('bundle')));
  service = await startHeadway({ dataDir: place.path('data'), bundleDir: place.path('counting') });
});

after(async () => {
  await service.stop();
  await place.leave();
});

const pollOf = (job: string | undefined) => {
  return { method: 'GET', path: `/api/jobs/${job}`, headers: { 'If-None-Match': '"a-1"' } } as const;
};

async function makeJob(): Promise<string | undefined> {
  return (await createJobs(service.target, 1, 1))[0];
}

/** How often jobs were asked until now; each ask takes `delay` ms from here on. */
async function asks(delay?: number): Promise<number> {
  const query = delay === undefined ? '' : `?delay=${delay}`;
  return Number(await (await fetch(`${service.target.url}/job-asks${query}`)).text());
}

function connect(count: number): Promise<Connection[]> {
  const { url, headers } = service.target;
  return Promise.all(Array.from({ length: count }, () => Connection.open(url, headers)));
}

test('64 connections that poll one job as fast as they can cost its object a few reads a second', async () => {
  const poll = pollOf(await makeJob());
  const connections = await connect(64);
  const before = await asks();
  const until = Date.now() + 3_000;
  let answers = 0;
  await Promise.all(
    connections.map(async (connection) => {
      while (Date.now() < until) {
        assert.equal((await connection.ask(poll)).status, 304);
        answers += 1;
      }
    }),
  );
  for (const connection of connections) connection.close();
  const cost = (await asks()) - before;
  assert.ok(answers > 640, `${answers} answers`);
  assert.ok(cost >= 1 && cost <= 4 * 3, `${cost} reads in three seconds`);
});

test('an asker that hangs up leaves its answer to those that wait for it', async () => {
  const poll = pollOf(await makeJob());
  const [asker, ...others] = await connect(21);
  const before = await asks(200);
  const gone = assert.rejects(async () => asker?.ask(poll));
  while ((await asks()) === before) await sleep(2);
  const waiting = others.map((other) => other.ask(poll));
  await sleep(50);
  asker?.reset();
  await gone;
  for (const { status } of await Promise.all(waiting)) assert.equal(status, 304);
  assert.equal((await asks(0)) - before, 1);
  for (const other of others) other.close();
});

test('an object that is slow to answer is asked again, a few times a second', async () => {
  const poll = pollOf(await makeJob());
  const connections = await connect(20);
  const before = await asks(600);
  const answers = await Promise.all(connections.map((connection) => connection.ask(poll)));
  for (const { status } of answers) assert.equal(status, 304);
  const cost = (await asks(0)) - before;
  assert.ok(cost >= 2 && cost <= 4, `${cost} reads`);
  for (const connection of connections) connection.close();
});

test('who hangs up once its batch was read leaves room for the next', async () => {
  const reports = Array(900).fill({ message: 'x'.repeat(1_000) });
  const path = `/api/jobs/${await makeJob()}/progress/batch`;
  const batch = { method: 'POST', path, body: { reports } } as const;
  // Fourteen such bodies are more than one sender may have at a time; seven are not.
  for (let round = 0; round < 2; round++) {
    const connections = await connect(7);
    const before = await asks(2_000);
    const answers = connections.map((connection) => {
      return connection.ask(batch).then(
        ({ status }) => status,
        () => 'none',
      );
    });
    const first = Promise.race(answers);
    while ((await asks()) < before + connections.length) {
      assert.equal(await Promise.race([first, sleep(5, 'waits')]), 'waits');
    }
    for (const connection of connections) connection.reset();
    assert.deepEqual(new Set(await Promise.all(answers)), new Set(['none']));
    // Each of them is answered by now, to nobody.
    await sleep(2_500);
  }
  await asks(0);
  const [connection] = await connect(1);
  assert.equal((await connection?.ask(batch))?.status, 200);
  connection?.close();
});

test('a long poll whose caller hangs up waits no longer', async () => {
  const [connection] = await connect(1);
  const { url, headers } = service.target;
  const waits = async (use: number) => {
    for (const until = Date.now() + 5_000; ; await sleep(20)) {
      const { limits } = (await (await fetch(`${url}/api/usage`, { headers })).json()) as {
        limits: { waits: { use: number } };
      };
      if (limits.waits.use === use) return;
      assert.ok(Date.now() < until, `${limits.waits.use} waits`);
    }
  };
  const gone = assert.rejects(async () =>
    connection?.ask({ method: 'GET', path: `/api/jobs/${await makeJob()}?wait=60` }),
  );
  await waits(1);
  await sleep(200);
  connection?.reset();
  await gone;
  await waits(0);
});
