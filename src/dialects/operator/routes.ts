import * as z from 'zod';
import { isOrganizationId } from '../../domain/access/organization';
import { reject } from '../../domain/base/rejection';
import { text } from '../../domain/base/text';
import { BODY_LIMIT, type Endpoint, jsonReply, openEndpoint } from '../../http/endpoint';
import type { OrganizationEntry } from '../../services/organizations/organizations';
import * as organizations from '../../services/organizations/organizations';
import { ORGANIZATION_KEY_ROUTES } from './key-routes';

/** The operator's routes. Source: behaviour §4. */

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
const organizationChangeSchema = z
  .strictObject({
    external_id: text(200, 1).nullable().meta({
      description:
        'The id that the provider of sessions has for it: its members there are members here. Unique; null for none.',
    }),
  })
  .meta({ id: 'ChangeOrganization' });
const organization = z
  .object({
    organization_id: z.string(),
    name: z.string(),
    created_at: time,
    external_id: z.string().nullable(),
  })
  .meta({ id: 'Organization' });

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
    return created.ok ? jsonReply(201, toOrganization(created.value)) : { rejection: created.rejection };
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
    return jsonReply(200, { organizations: entries.value.map(toOrganization) });
  },
});

const changeOrganization = openEndpoint('admin', {
  method: 'PATCH',
  path: '/admin/orgs/:organization_id',
  id: 'changeOrganization',
  summary: 'Change an organization',
  body: { schema: organizationChangeSchema, maxBytes: BODY_LIMIT },
  replies: { 200: { description: 'The organization.', schema: organization } },
  refusals: ['not_found', 'organization_exists'],
  async handle({ env, params: { organization_id: id = '' }, body }) {
    // Any other text names no organization and no object.
    if (!isOrganizationId(id)) return { rejection: reject('not_found', 'There is no such organization.') };
    const changed = await organizations.setExternalId(env, id, body.external_id);
    return changed.ok ? jsonReply(200, toOrganization(changed.value)) : { rejection: changed.rejection };
  },
});

export const OPERATOR_ROUTES: readonly Endpoint[] = [
  createOrganization,
  listOrganizations,
  changeOrganization,
  ...ORGANIZATION_KEY_ROUTES,
];

function toOrganization(entry: OrganizationEntry) {
  return { ...dated(entry), external_id: entry.external_id ?? null };
}

function dated<Entry extends { created_at: number }>(entry: Entry) {
  return { ...entry, created_at: new Date(entry.created_at).toISOString() };
}
