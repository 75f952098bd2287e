/**
 * Two organizations × every route × each of its methods × good bodies, bad ones and none, from the route
 * table: a foreign, an unknown, a forged and a deleted job can't be told apart (behaviour §4).
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { type Ask, makeClient, makeKey, PERMISSIONS, send } from '../support/client.ts';
import { ROUTES } from '../support/routes.ts';
import { makeCompletedJob, makeRunningJob, snapshot } from './bystander.ts';
import { bytes } from './doors.ts';
import { expectRefusal, fingerprint } from './refusal.ts';
import { address, goodAsk, makeTenant, NOBODY, type Tenant, titled, withSlash } from './tenants.ts';

let tenants: [Tenant, Tenant];

beforeAll(async () => {
  tenants = [await makeTenant(), await makeTenant()];
});

const JOB_ROUTES = ROUTES.filter((route) => route.hasJobId);
const CLOSED = ROUTES.filter((route) => route.surface !== 'open');

describe.each(titled(JOB_ROUTES))('%s', (_, route) => {
  const bad: [string, Ask][] = [
    ['a bad body', { body: { nope: { nope: 1 } } }],
    ['broken JSON', { raw: bytes('{"nope'), headers: { 'Content-Type': 'application/json' } }],
    ['no body', {}],
  ];
  const possible: [string, Ask][] = [['a good body', goodAsk(route)], ...(route.method === 'GET' ? [] : bad)];

  it.each(possible)('%s: foreign, unknown, forged and deleted jobs look the same', async (name, ask) => {
    const before = await snapshots();
    for (const [mine, theirs] of [tenants, tenants.toReversed()] as [Tenant, Tenant][]) {
      const forged = mine.running.slice(0, -1) + (mine.running.endsWith('0') ? '1' : '0');
      const answers = new Set<string>();
      const invented = [crypto.randomUUID(), NOBODY, forged, mine.deleted];
      for (const id of [theirs.running, theirs.ended, theirs.deleted, ...invented]) {
        const answer = await mine.client.send(route.method, address(route, id, mine), ask);
        if (name === 'a good body' || answer.status === 404) {
          expectRefusal(answer, 404, 'job_not_found', route.surface);
        } else {
          expect([400, 422]).toContain(answer.status);
        }
        answers.add(fingerprint(answer));
      }
      expect(answers.size, [...answers].join('\n')).toBe(1);
    }
    expect(await snapshots()).toEqual(before);
  });

  it('its owner is served', async () => {
    const client = await makeClient();
    for (const id of [await makeRunningJob(client), await makeCompletedJob(client)]) {
      const owner: Tenant = { client, running: id, ended: id, deleted: id };
      const answer = await client.send(route.method, address(route, id, owner), goodAsk(route));
      if (answer.status > 299) expect(answer.status, answer.text).toBe(409);
    }
  });

  it('its path ends with a slash or not', async () => {
    const [mine] = tenants;
    const ask = goodAsk(route);
    const missing = address(route, NOBODY, mine);
    const plain = fingerprint(await mine.client.send(route.method, missing, ask));
    const slashed = await mine.client.send(route.method, withSlash(missing), ask);
    expectRefusal(slashed, 404, 'job_not_found', route.surface);
    expect(fingerprint(slashed)).toBe(plain);
  });
});

function snapshots(): Promise<unknown[]> {
  return Promise.all(tenants.map((one) => snapshot(one.client, one.running)));
}

describe.each(titled(CLOSED))('%s', (_, route) => {
  it('is closed without a credential, whatever it names', async () => {
    const [mine] = tenants;
    const answers = new Set<string>();
    for (const id of [mine.running, mine.deleted, NOBODY, 'x']) {
      const path = address(route, id, mine);
      for (const spelling of [path, withSlash(path)]) {
        const answer = await send(id === 'x' ? 'nonsense' : null, route.method, spelling, goodAsk(route));
        expectRefusal(answer, 401, 'unauthenticated', route.surface);
        answers.add(fingerprint(answer));
      }
    }
    expect(answers.size).toBe(1);
  });
});

describe.each(titled(CLOSED.filter((route) => route.surface === 'admin')))('%s', (_, route) => {
  it('is closed to keys, even to those that manage keys', async () => {
    const [mine] = tenants;
    const path = address(route, mine.running, mine);
    const answer = await mine.client.send(route.method, path, goodAsk(route));
    expectRefusal(answer, 401, 'unauthenticated', 'admin');
  });
});

describe.each(titled(CLOSED.filter((route) => route.permission !== null && !route.byPath)))(
  '%s',
  (_, route) => {
    const needed = route.permission as string;
    const besides = route.also === null ? [] : [route.also];

    it.runIf(besides.length > 0)(
      'is closed to a key without what it takes besides, and names it',
      async () => {
        const [mine] = tenants;
        const others = PERMISSIONS.filter((one) => !besides.includes(one));
        const lesser = await makeKey(mine.client.organization, others);
        const answer = await lesser.send(route.method, address(route, 'x', mine), goodAsk(route));
        expectRefusal(answer, 403, 'permission_denied', route.surface);
        expect(answer.text).toContain(route.also);
      },
    );

    it('is closed to a key without its permission, and names it', async () => {
      const [mine] = tenants;
      const others = PERMISSIONS.filter((one) => one !== needed);
      const lesser = await makeKey(mine.client.organization, others);
      const answers = new Set<string>();
      for (const id of [mine.running, mine.ended, mine.deleted, tenants[1].running, NOBODY, 'x']) {
        const answer = await lesser.send(route.method, address(route, id, mine), goodAsk(route));
        expectRefusal(answer, 403, 'permission_denied', route.surface);
        expect(answer.text).toContain(needed);
        answers.add(fingerprint(answer));
      }
      expect(answers.size).toBe(1);
    });

    it('is open to a key with its permission alone, and with what it takes besides', async () => {
      const client = await makeClient();
      const alone = await makeKey(client.organization, [needed, ...besides]);
      const path = address(route, NOBODY, tenants[0]);
      const answer = await alone.send(route.method, path, goodAsk(route));
      if (route.hasJobId || route.path.endsWith('/:badge'))
        expectRefusal(answer, 404, 'job_not_found', route.surface);
      else if (/:(webhook|hook)_id/.test(route.path)) expectRefusal(answer, 404, 'not_found', route.surface);
      else if (needed !== 'key:manage') expect(answer.status, answer.text).toBeLessThan(300);
      else {
        // A key gives no permission that it lacks, and sees no key of another organization.
        expect([200, 201, 403, 404]).toContain(answer.status);
        if (answer.status >= 400) expect(answer.text).not.toContain(needed);
      }
    });
  },
);
