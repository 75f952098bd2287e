import { Operator } from '@headway-progress/client';

const { HEADWAY_URL = '', HEADWAY_ADMIN_TOKEN = '' } = process.env;
const { organizations } = new Operator({ url: HEADWAY_URL, adminToken: HEADWAY_ADMIN_TOKEN });

//# createOrganization
const { organization_id } = await organizations.create({ organization_id: 'acme', name: 'Acme' });

//# listOrganizations
for await (const { organization_id, name } of organizations.list()) console.log(organization_id, name);

//# getOrganization
console.log((await organizations.get(organization_id)).created_at);

//# changeOrganization
await organizations.change(organization_id, { external_id: 'organization-live-1' });

//# createOrganizationKey
const keys = organizations.keys(organization_id);
const { key_id } = await keys.create({ name: 'Imports', permissions: ['job:create', 'job:read'] });

//# listOrganizationKeys
for await (const { name, permissions } of organizations.keys(organization_id).list()) {
  console.log(name, permissions);
}

//# getOrganizationKey
console.log((await organizations.keys(organization_id).get(key_id)).created_at);

//# changeOrganizationKey
await organizations.keys(organization_id).change(key_id, { name: 'Nightly imports' });

//# rotateOrganizationKey
await organizations.keys(organization_id).rotate(key_id, { grace_period: 3_600 });

//# revokeOrganizationKey
await organizations.keys(organization_id).revoke(key_id);

//# verifyIndex
console.log((await organizations.verifyIndex(organization_id)).mended);

//# suspendOrganization
await organizations.suspend(organization_id);

//# resumeOrganization
await organizations.resume(organization_id);

//# deleteOrganization
await organizations.delete(organization_id);
