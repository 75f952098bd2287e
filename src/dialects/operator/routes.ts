import * as z from 'zod';
import { isOrganizationId } from '../../domain/access/organization';
import { PERMISSIONS, type Permission } from '../../domain/access/permission';
import { reject } from '../../domain/base/rejection';
import { text } from '../../domain/base/text';
import {
  BODY_LIMIT,
  type Call,
  type Endpoint,
  jsonReply,
  openEndpoint,
  tenantEndpoint,
} from '../../http/endpoint';
import type { ApiKey } from '../../services/organizations/organizations';
import * as organizations from '../../services/organizations/organizations';

/** The operator's routes, and those by which an organization manages its own keys. Source: behaviour §4. */

const time = z.iso.datetime();

const organizationSchema = z
  .strictObject({
    organization_id: z
      .string()
      .refine(isOrganizationId, { error: 'must be 1 to 40 of a-z, 0-9 and -, not beginning with -' })
      .meta({ pattern: '^[a-z0-9][a-z0-9-]{0,39}$' }),
    name: text(200, 1),
  })
  .meta({ id: 'CreateOrganization' });
const organization = z
  .object({ organization_id: z.string(), name: z.string(), created_at: time })
  .meta({ id: 'Organization' });

const keySchema = z
  .strictObject({
    name: text(200, 1),
    permissions: z
      .array(z.enum(PERMISSIONS))
      .min(1)
      .transform((permissions) => [...new Set(permissions)]),
  })
  .meta({ id: 'CreateKey' });
const key = z
  .object({
    key_id: z.string(),
    name: z.string(),
    permissions: z.array(z.enum(PERMISSIONS)),
    created_at: time,
    revoked_at: time.nullable(),
  })
  .meta({ id: 'ApiKey' });
const newKey = key
  .extend({ api_key: z.string().meta({ description: 'Shown once.' }) })
  .meta({ id: 'NewApiKey' });
const keyList = z.object({ keys: z.array(key) }).meta({ id: 'ApiKeyList' });

const createOrganization = openEndpoint('admin', {
  method: 'POST',
  path: '/admin/orgs',
  id: 'createOrganization',
  summary: 'Create an organization',
  body: { schema: organizationSchema, maxBytes: BODY_LIMIT },
  replies: { 201: { description: 'The organization.', schema: organization } },
  refusals: ['organization_exists'],
  async handle({ env, body }) {
    const created = await organizations.createOrganization(env, body.organization_id, body.name);
    return created.ok ? jsonReply(201, dated(created.value)) : { rejection: created.rejection };
  },
});

const listOrganizations = openEndpoint('admin', {
  method: 'GET',
  path: '/admin/orgs',
  id: 'listOrganizations',
  summary: 'List the organizations',
  replies: {
    200: { description: 'All of them.', schema: z.object({ organizations: z.array(organization) }) },
  },
  async handle({ env }) {
    const entries = await organizations.listOrganizations(env);
    if (!entries.ok) return { rejection: entries.rejection };
    return jsonReply(200, { organizations: entries.value.map(dated) });
  },
});

const KEY_LIST_DOC = { 200: { description: 'The keys, without their secrets.', schema: keyList } };
const NEW_KEY_DOC = { 201: { description: 'The key, shown once.', schema: newKey } };
const REVOKED_DOC = { 204: { description: 'The key is revoked, everywhere within 30 seconds.' } };

const createOrganizationKey = openEndpoint('admin', {
  method: 'POST',
  path: '/admin/orgs/:organization_id/keys',
  id: 'createOrganizationKey',
  summary: 'Create a key of an organization',
  body: { schema: keySchema, maxBytes: BODY_LIMIT },
  replies: NEW_KEY_DOC,
  refusals: ['not_found'],
  handle: (call) => withOrganization(call.params, (id) => createKey(call, id)),
});

const listOrganizationKeys = openEndpoint('admin', {
  method: 'GET',
  path: '/admin/orgs/:organization_id/keys',
  id: 'listOrganizationKeys',
  summary: 'List the keys of an organization',
  replies: KEY_LIST_DOC,
  refusals: ['not_found'],
  handle: (call) => withOrganization(call.params, (id) => listKeys(call, id)),
});

const revokeOrganizationKey = openEndpoint('admin', {
  method: 'DELETE',
  path: '/admin/orgs/:organization_id/keys/:key_id',
  id: 'revokeOrganizationKey',
  summary: 'Revoke a key of an organization',
  replies: REVOKED_DOC,
  refusals: ['not_found'],
  handle: (call) => withOrganization(call.params, (id) => revokeKey(call, id)),
});

const createOwnKey = tenantEndpoint('key:manage', {
  method: 'POST',
  path: '/api/keys',
  id: 'createKey',
  summary: 'Create a key of the own organization',
  description: 'A key gives no permission that it lacks itself.',
  body: { schema: keySchema, maxBytes: BODY_LIMIT },
  replies: NEW_KEY_DOC,
  async handle(call, { principal }) {
    const lacking = call.body.permissions.find((permission) => !principal.permissions.includes(permission));
    if (lacking === undefined) return createKey(call, principal.organization);
    const detail = `This key lacks the permission ${lacking}, so it can't give it.`;
    return { rejection: reject('permission_denied', detail) };
  },
});

const listOwnKeys = tenantEndpoint('key:manage', {
  method: 'GET',
  path: '/api/keys',
  id: 'listKeys',
  summary: 'List the keys of the own organization',
  replies: KEY_LIST_DOC,
  handle: (call, { principal }) => listKeys(call, principal.organization),
});

const revokeOwnKey = tenantEndpoint('key:manage', {
  method: 'DELETE',
  path: '/api/keys/:key_id',
  id: 'revokeKey',
  summary: 'Revoke a key of the own organization',
  replies: REVOKED_DOC,
  refusals: ['not_found'],
  handle: (call, { principal }) => revokeKey(call, principal.organization),
});

export const OPERATOR_ROUTES: readonly Endpoint[] = [
  createOrganization,
  listOrganizations,
  createOrganizationKey,
  listOrganizationKeys,
  revokeOrganizationKey,
];

export const KEY_ROUTES: readonly Endpoint[] = [createOwnKey, listOwnKeys, revokeOwnKey];

type KeyBody = { name: string; permissions: Permission[] };

async function createKey({ env, config, body }: Call<unknown, KeyBody>, organization: string) {
  const created = await organizations.createKey(env, config, organization, body.name, body.permissions);
  return created.ok ? jsonReply(201, toKey(created.value)) : { rejection: created.rejection };
}

async function listKeys({ env }: Call<unknown, unknown>, organization: string) {
  const keys = await organizations.listKeys(env, organization);
  return keys.ok ? jsonReply(200, { keys: keys.value.map(toKey) }) : { rejection: keys.rejection };
}

async function revokeKey({ env, config, params }: Call<unknown, unknown>, organization: string) {
  const revoked = await organizations.revokeKey(env, config, organization, params.key_id ?? '');
  return revoked.ok ? { status: 204, body: null } : { rejection: revoked.rejection };
}

/** Runs `verb` for a well-formed organization id; any other names no organization and no object. */
async function withOrganization<Answer>(
  { organization_id: id = '' }: Record<string, string>,
  verb: (id: string) => Promise<Answer>,
) {
  return isOrganizationId(id)
    ? verb(id)
    : { rejection: reject('not_found', 'There is no such organization.') };
}

function toKey<Key extends ApiKey>(key: Key) {
  const revoked_at = key.revoked_at === null ? null : new Date(key.revoked_at).toISOString();
  return { ...dated(key), revoked_at };
}

function dated<Entry extends { created_at: number }>(entry: Entry) {
  return { ...entry, created_at: new Date(entry.created_at).toISOString() };
}
