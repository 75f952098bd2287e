/** What a hook keeps of what came: the newest, at one row each, in pages. */
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { expectRefusal } from '../attack/refusal';
import { type Client, makeClient, send } from '../support/client';
import { countRows } from '../support/count-rows';
import { hookOf, hookStub } from '../support/objects';
import { arrivals, counts, deliver, github, makeHook, push, SECRETS } from './senders';

const GITHUB = { scheme: 'github', secret: SECRETS.github };
const CREATE = { action: 'create', set: { job_type: 'import', total_items: 1 } };

let client: Client;
beforeAll(async () => {
  client = await makeClient();
});

describe('arrivals', () => {
  it('are the newest 100, newest first, each with its verdict', async () => {
    const hook = await makeHook(client, GITHUB);
    for (let n = 0; n < 103; n++) {
      const raw = JSON.stringify({ n, id: 'arrivals' });
      await deliver(hook.path, raw, n === 102 ? {} : github(raw));
    }
    const kept = await arrivals(client, hook);
    expect(kept).toHaveLength(100);
    expect(kept[0]).toEqual({
      ...{ at: expect.stringMatching(/Z$/), verdict: 'refused', status: 404, code: 'signature_missing' },
      ...{ detail: null, errors: [], job_id: null, delivery_id: null, content_type: 'application/json' },
    });
    expect(kept[1]).toMatchObject({ verdict: 'refused', status: 422, code: 'idempotency_conflict' });
    const times = kept.map(({ at }: { at: string }) => at);
    expect(times).toEqual(times.toSorted().toReversed());
  });

  it('cost one row each; reading a hook costs none, and a delivery never touches the organization’s object', async () => {
    const hook = await makeHook(client, GITHUB);
    const stub = hookStub(client.organization, hook.hook_id);
    const push = (n: number) => {
      const raw = JSON.stringify({ n, id: `rows-${n}` });
      return deliver(hook.path, raw, github(raw));
    };
    const spy = vi.spyOn(env.ORG, 'getByName');
    expect(await countRows(stub, () => push(1))).toBe(1);
    expect(spy).not.toHaveBeenCalled();
    spy.mockRestore();
    for (let n = 2; n < 101; n++) await push(n);
    expect(await countRows(stub, () => push(101))).toBe(1);
    expect(await countRows(stub, () => client.get(`/api/hooks/${hook.hook_id}/arrivals`))).toBe(0);
    expect(await countRows(stub, () => client.get('/api/hooks'))).toBe(0);
  });

  it('of a hook that is deleted meanwhile are not kept', async () => {
    const hook = await makeHook(client, GITHUB);
    const stub = hookStub(client.organization, hook.hook_id);
    await client.send('DELETE', `/api/hooks/${hook.hook_id}`);
    const arrival = { at: 1, verdict: 'applied', status: 202, code: null, detail: null, errors: [] } as const;
    const record = () =>
      hookOf(client.organization, hook.hook_id).record(
        client.organization,
        {
          ...arrival,
          errors: [],
          job_id: null,
          delivery_id: null,
        },
        true,
      );
    expect(await countRows(stub, record)).toBe(0);
  });

  it('are paged, and who knows the URL alone pushes none of the others out', async () => {
    const own = await makeClient();
    const hook = await makeHook(own, GITHUB, CREATE);
    for (let n = 0; n < 3; n++) await push(hook.path, { n });
    for (let n = 0; n < 105; n++) await deliver(hook.path, `{"n":${n}}`);
    const place = `/api/hooks/${hook.hook_id}/arrivals`;
    const seen: { verdict: string; at: string }[] = [];
    let cursor = '';
    do {
      const page = (await own.get(`${place}?limit=40${cursor && `&cursor=${cursor}`}`)).json;
      expect(page.arrivals.length).toBeLessThanOrEqual(40);
      seen.push(...page.arrivals);
      cursor = page.next_cursor ?? '';
    } while (cursor !== '');
    expect(seen).toHaveLength(103);
    expect(seen.slice(100).map(({ verdict }) => verdict)).toEqual(['applied', 'applied', 'applied']);
    expect(await counts(own, hook)).toMatchObject({ applied: 3, refused: 105 });
    expectRefusal(await own.get(`${place}?cursor=x`), 400, 'invalid_cursor');
  });

  it('that are verified push out none of those that are not, whose sender may have the wrong secret', async () => {
    const own = await makeClient();
    const hook = await makeHook(own, GITHUB, CREATE);
    await deliver(hook.path, '{}');
    // Long before it, so that it stands on the first page.
    const arrival = { at: 1, verdict: 'applied', status: 202, code: null, detail: null } as const;
    const kept = { ...arrival, errors: [], job_id: null, delivery_id: null };
    for (let n = 0; n < 105; n++) {
      await hookOf(own.organization, hook.hook_id).record(own.organization, kept, true);
    }
    const last = (await arrivals(own, hook)).filter(
      ({ verdict }: { verdict: string }) => verdict === 'refused',
    );
    expect(last).toMatchObject([{ code: 'signature_missing' }]);
    expect(await counts(own, hook)).toMatchObject({ applied: 105, refused: 1 });
  });

  it.each([
    ['HEAD', { scheme: 'trello', secret: SECRETS.github }, {}],
    ['OPTIONS', { ...GITHUB, handshake: { kind: 'event_grid' } }, { 'WebHook-Request-Origin': 'x' }],
  ])(
    'of an answered %s, which proves nothing, push out none that was proven',
    async (method, scheme, headers) => {
      const own = await makeClient();
      const hook = await makeHook(own, scheme, CREATE);
      const arrival = { at: Date.now(), verdict: 'applied', status: 202, code: null, detail: null } as const;
      const kept = { ...arrival, errors: [], job_id: null, delivery_id: null };
      await hookOf(own.organization, hook.hook_id).record(own.organization, kept, true);
      for (let n = 0; n < 100; n++) {
        expect((await send(null, method, hook.path, { headers })).status).toBe(200);
      }
      const page = `/api/hooks/${hook.hook_id}/arrivals?limit=100`;
      const { arrivals: newest, next_cursor } = (await own.get(page)).json;
      const { arrivals: older } = (await own.get(`${page}&cursor=${next_cursor}`)).json;
      expect([newest.length, older]).toMatchObject([100, [{ verdict: 'applied' }]]);
    },
  );

  it('that newer ones push out between two pages are told of', async () => {
    const own = await makeClient();
    const hook = await makeHook(own, GITHUB, CREATE);
    const fail = async (count: number) => {
      for (let n = 0; n < count; n++) await deliver(hook.path, '{}');
    };
    await fail(100);
    const page = async (query: string) => (await own.get(`/api/hooks/${hook.hook_id}/arrivals${query}`)).json;
    const first = await page('?limit=10');
    expect(first).not.toHaveProperty('dropped');
    await fail(30);
    const second = await page(`?limit=10&cursor=${first.next_cursor}`);
    expect([second.arrivals.length, second.dropped]).toEqual([10, 30]);
    const third = await page(`?limit=100&cursor=${second.next_cursor}`);
    expect([third.arrivals.length, third.next_cursor]).toEqual([50, null]);
    expect(third).not.toHaveProperty('dropped');
  });
});
