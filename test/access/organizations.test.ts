/** Organizations as the operator changes and lists them. */
import { env } from 'cloudflare:workers';
import { expect, it } from 'vitest';
import { expectRefusal } from '../attack/refusal';
import { type Answer, makeClient, send } from '../support/client';

const operator = (method: string, path: string, body?: unknown): Promise<Answer> =>
  send(
    env.ADMIN_TOKEN,
    method,
    `/admin/orgs${path.startsWith('?') ? '' : '/'}${path}`,
    body === undefined ? {} : { body },
  );

it('limits are told with every credential, and a change of some leaves the others', async () => {
  const client = await makeClient();
  const org = env.ORG.getByName(client.organization);
  const patch = (limits: unknown) => operator('PATCH', client.organization, { limits });
  const first = await patch({ hooks: 20, jobs: 7 });
  expect([first.status, first.json.limits.hooks, first.json.limits.jobs, first.json.limits.keys]).toEqual([
    ...[200, 20, 7, 100],
  ]);
  expect(await org.grantOf(client.keyId, true)).toMatchObject({ limits: { hooks: 20, jobs: 7 } });
  expect((await patch({ jobs: null })).json.limits).toMatchObject({ hooks: 20, jobs: 1_000_000 });
  expect((await patch({ hooks: null })).json.limits.hooks).toBe(100);
  expect(await org.grantOf(client.keyId, true)).not.toHaveProperty('limits');
  for (const bad of [{ hooks: 0 }, { hooks: 1.5 }, { hooks: '3' }, { nope: 1 }])
    expectRefusal(await patch(bad), 422, 'validation_failed');
  const named = await operator('PATCH', client.organization, { name: 'Another' });
  expect([named.json.name, (await operator('GET', client.organization)).json.name]).toEqual([
    ...['Another', 'Another'],
  ]);
});

it('the list comes page by page, and says how each stands', async () => {
  const [first, second] = [await makeClient(), await makeClient(), await makeClient()];
  expect((await operator('POST', `${second.organization}/suspend`)).status).toBe(200);
  const seen: Record<string, string> = {};
  const ids: string[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const { json } = await operator('GET', `?limit=2${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
    expect(json.organizations.length).toBeLessThanOrEqual(2);
    for (const { organization_id, status } of json.organizations) {
      ids.push(organization_id);
      seen[organization_id] = status;
    }
    cursor = json.next_cursor;
  }
  expect(ids).toEqual([...new Set(ids)].sort());
  expect([seen[first.organization], seen[second.organization]]).toEqual(['active', 'suspended']);
  expectRefusal(await operator('GET', '?cursor=nonsense'), 400, 'invalid_cursor');
});
