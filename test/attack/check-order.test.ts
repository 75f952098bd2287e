/**
 * The order of the checks (behaviour §2), pair by pair: of two faults the earlier one is answered.
 * route 404 and 405, 401, 403, 413, 415, 400, 422, job 404, terminal.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { makeClient, makeKey, send } from '../support/client.ts';
import { makeCompletedJob, makeRunningJob, snapshot } from './bystander.ts';
import { bytes } from './doors.ts';
import { type Draft, FAULTS, type Fault, type Scene, TARGETS, type Target } from './faults.ts';
import { expectRefusal, fingerprint } from './refusal.ts';

describe.each(TARGETS)('$name', (target) => {
  const faults = FAULTS.filter((fault) => target.conflict !== null || fault.group !== 'job');
  const pairs = faults.flatMap((first, i) =>
    faults.slice(i).map((second): [Fault, Fault] => [first, second]),
  );
  const possible = pairs.filter(([a, b]) => a === b || a.group === undefined || a.group !== b.group);
  let scene: Scene;

  beforeAll(async () => {
    scene = await makeScene(target);
  });

  it('answers two faults by the earlier one', async () => {
    const before = await snapshot(scene.client, scene.running);
    for (const [first, second] of possible) {
      const draft = makeGood(target, scene);
      for (const fault of new Set([second, first])) fault.spoil(draft, scene);
      const { method, path, credential, headers, body } = draft;
      const answer = await send(credential, method, path, { raw: bytes(body), headers });
      const named = `${first.name} and ${second.name}`;
      expect([named, answer.status], answer.text).toEqual([named, first.status]);
      expectRefusal(answer, first.status, first.code(target), target.surface);
    }
    expect(await snapshot(scene.client, scene.running)).toEqual(before);
  });
});

describe.each(TARGETS.filter((target) => target.conflict !== null))('$name', (target) => {
  it('shows nothing of the job through a bad request', async () => {
    const scene = await makeScene(target);
    const foreign = await (await makeClient()).createJob();
    const headers = { 'Content-Type': 'application/json' };
    for (const [text, status] of [
      ['{"nope":1}', 422],
      ['{"nope"', 400],
      ['[]', 422],
    ] as const) {
      const answers = new Set<string>();
      for (const id of [scene.running, scene.conflicting, foreign, scene.missing, 'x']) {
        const answer = await scene.client.send('POST', target.path(id), { raw: bytes(text), headers });
        expect(answer.status).toBe(status);
        answers.add(fingerprint(answer));
      }
      expect(answers.size).toBe(1);
    }
  });
});

function makeGood(target: Target, scene: Scene): Draft {
  return {
    method: 'POST',
    path: target.path(scene.running),
    credential: scene.client.key,
    headers: { 'Content-Type': 'application/json' },
    body: target.good,
  };
}

async function makeScene(target: Target): Promise<Scene> {
  const client = await makeClient();
  const others = ['job:create', 'job:read', 'job:cancel'].filter((one) => one !== target.permission);
  return {
    client,
    lesser: await makeKey(client.organization, others),
    running: await makeRunningJob(client),
    missing: crypto.randomUUID(),
    conflicting:
      target.conflict === 'job_terminal' ? await makeCompletedJob(client) : await client.createJob(),
  };
}

it('a list asked for with a bad cursor and a bad limit is told of the cursor', async () => {
  const client = await makeClient();
  for (const list of ['/api/jobs/', '/api/v1/jobs']) {
    expectRefusal(await client.get(`${list}?limit=0&cursor=x`), 400, 'invalid_cursor');
    expectRefusal(await send(null, 'GET', `${list}?limit=0&cursor=x`), 401, 'unauthenticated');
    expectRefusal(await send(null, 'PUT', `${list}?limit=0`), 405, 'method_not_allowed');
  }
});
