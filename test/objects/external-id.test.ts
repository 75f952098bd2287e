/** Which organization a provider's is: told by the operator, one for one. */
import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeAll, expect, it } from 'vitest';
import { DIRECTORY_MIGRATIONS } from '../../src/objects/directory/directory-schema';
import { DirectoryStore } from '../../src/objects/directory/directory-store';
import { migrateByTable } from '../../src/objects/kit/migrate';
import { makeOrganization, send } from '../support/client';

let first: string;
let second: string;
beforeAll(async () => {
  [first, second] = [await makeOrganization(), await makeOrganization()];
});

const change = (organization: string, body: unknown) =>
  send(env.ADMIN_TOKEN, 'PATCH', `/admin/orgs/${organization}`, { body });

async function listed(organization: string): Promise<string | null> {
  const { organizations } = (await send(env.ADMIN_TOKEN, 'GET', '/admin/orgs')).json;
  return organizations.find((one: { organization_id: string }) => one.organization_id === organization)
    .external_id;
}

it('an id is one organization’s alone, until it is taken from it', async () => {
  expect(await listed(first)).toBeNull();
  const given = await change(first, { external_id: 'organization-1' });
  expect([given.status, given.json.external_id, given.json.organization_id]).toEqual([
    200,
    'organization-1',
    first,
  ]);
  expect((await change(first, { external_id: 'organization-1' })).status).toBe(200);
  const taken = await change(second, { external_id: 'organization-1' });
  expect([taken.status, taken.json.code]).toEqual([409, 'organization_exists']);
  expect([await listed(first), await listed(second)]).toEqual(['organization-1', null]);
  expect((await change(first, { external_id: 'organization-2' })).json.external_id).toBe('organization-2');
  expect((await change(second, { external_id: 'organization-1' })).status).toBe(200);
  expect((await change(second, { external_id: null })).json.external_id).toBeNull();
  expect([await listed(first), await listed(second)]).toEqual(['organization-2', null]);
});

it('what is no id is refused, and what is no organization has none', async () => {
  for (const bad of [
    {},
    { external_id: '' },
    { external_id: 7 },
    { external_id: 'x'.repeat(201) },
    { name: '' },
    { nme: 'x' },
  ])
    expect((await change(first, bad)).status, JSON.stringify(bad)).toBe(422);
  for (const nobody of ['nobody-made-me', 'No', '%00'])
    expect((await change(nobody, { external_id: 'x' })).status).toBe(404);
});

it('the tables of before are read as they are, and upgraded by the first change', async () => {
  const stub = env.DIRECTORY.getByName('of before');
  await runInDurableObject(stub, (object, { storage: { sql } }) => {
    migrateByTable(sql, DIRECTORY_MIGRATIONS, 1);
    sql.exec("INSERT INTO organization VALUES ('old', 'Old', 1)");
    const standing = { suspended_at: null, deleting_at: null };
    const entry = { organization_id: 'old', name: 'Old', created_at: 1, external_id: null, ...standing };
    const store = new DirectoryStore(sql);
    expect([store.page(null, 9), store.get('old'), store.organizationWith('x')]).toEqual([
      [entry],
      entry,
      null,
    ]);
    store.setExternalId('old', 'x');
    expect(store.organizationWith('x')).toBe('old');
    expect(store.page(null, 9)).toEqual([{ ...entry, external_id: 'x' }]);
    expect(object).toBeDefined();
  });
});
