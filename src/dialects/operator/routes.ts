import * as z from 'zod';
import type { Config } from '../../config';
import { limitsOf } from '../../domain/access/limits';
import type { AuditTrace } from '../../domain/audit/audit-record';
import type { Result } from '../../domain/base/result';
import { BODY_LIMIT, type Call, type Endpoint, jsonReply, openEndpoint } from '../../http/endpoint';
import { cursorParam, limitParam } from '../../http/params';
import { deleteOrganization } from '../../services/organizations/delete-organization';
import * as organizations from '../../services/organizations/organizations';
import { resumeOrganization, suspendOrganization } from '../../services/organizations/suspension';
import { VERIFICATION, verifyIndex } from '../../services/organizations/verify-index';
import { toTime, toTimeOrNull } from '../times';
import { ORGANIZATION_KEY_ROUTES } from './key-routes';
import { namedOrganization } from './named-organization';
import * as schemas from './organization-schemas';

/** The operator's routes. Source: behaviour §4. */

const LIMIT = 100;
/** Jobs that one request verifies, and the most that may be asked for. */
const VERIFIED = 500;
const verifyLimit = z
  .string()
  .regex(/^0*[1-9]\d*$/, { error: 'must be an integer of at least 1' })
  .transform((text) => Math.min(Number(text), 1_000))
  .meta({ type: 'integer', minimum: 1, description: 'Above 1,000 is read as 1,000; 500 without it.' });
const ONE = '/admin/orgs/:organization_id';
const SHOWN = { description: 'The organization.', schema: schemas.organization };

const createOrganization = openEndpoint('admin', {
  method: 'POST',
  path: '/admin/orgs',
  id: 'createOrganization',
  summary: 'Create an organization',
  description: 'The name of one that was deleted is given to no other.',
  body: { schema: schemas.createOrganizationSchema, maxBytes: BODY_LIMIT },
  replies: { 201: SHOWN },
  refusals: ['organization_exists', 'overloaded', 'unavailable'],
  audit: { action: 'organization.create', target: 'organization' },
  async handle({ env, config, body, trace }) {
    const { organization_id, name } = body;
    return reply(201, await organizations.createOrganization(env, organization_id, name, trace), config);
  },
});

const listOrganizations = openEndpoint('admin', {
  method: 'GET',
  path: '/admin/orgs',
  id: 'listOrganizations',
  summary: 'List the organizations',
  description: 'In the order of their ids, those that are being deleted too.',
  query: z.strictObject({ limit: limitParam.optional(), cursor: cursorParam }),
  cursorOf: () => organizations.ORGANIZATIONS,
  replies: { 200: { description: 'A page of organizations.', schema: schemas.organizationList } },
  refusals: ['unavailable'],
  async handle({ env, config, query: { limit = LIMIT }, position }) {
    const found = await organizations.listOrganizations(env, config, { position, limit });
    if (!found.ok) return { rejection: found.rejection };
    const { items, next_cursor } = found.value;
    return jsonReply(200, { organizations: items.map(dated), next_cursor });
  },
});

const getOrganization = openEndpoint('admin', {
  method: 'GET',
  path: ONE,
  id: 'getOrganization',
  summary: 'Get an organization',
  description: 'One that is being deleted too: how far that is. Of one that was deleted it says when.',
  replies: { 200: SHOWN },
  refusals: ['not_found', 'unavailable'],
  handle: (call) => answerOf(call, 200, (id) => organizations.getOrganization(call.env, id)),
});

const changeOrganization = openEndpoint('admin', {
  method: 'PATCH',
  path: ONE,
  id: 'changeOrganization',
  summary: 'Change an organization',
  description: 'What is absent stays. Effective everywhere within 30 seconds.',
  body: { schema: schemas.changeOrganizationSchema, maxBytes: BODY_LIMIT },
  replies: { 200: SHOWN },
  refusals: ['not_found', 'organization_exists', 'unavailable'],
  audit: { action: 'organization.change', target: 'organization', named: 'organization_id' },
  handle: (call) =>
    answerOf(call, 200, (id) => organizations.changeOrganization(call.env, id, call.body, call.trace)),
});

const verify = openEndpoint('admin', {
  method: 'POST',
  path: `${ONE}/index/verify`,
  id: 'verifyIndex',
  summary: 'Verify the index of an organization',
  description:
    'Asks its jobs what they are, those that are listed and those that the events name, and mends the lists where they say something else. At most `limit` jobs are asked, and some 40,000 events looked through; `next_cursor` goes on behind them, and is null once all were.',
  query: z.strictObject({ limit: verifyLimit.optional(), cursor: cursorParam }),
  cursorOf: () => VERIFICATION,
  replies: { 200: { description: 'What was found and mended.', schema: schemas.verifiedIndex } },
  refusals: ['not_found', 'unavailable', 'overloaded'],
  async handle({ env, config, params, query: { limit = VERIFIED }, position }) {
    const named = namedOrganization(params);
    const verified = named.ok ? await verifyIndex(env, config, named.value, { position, limit }) : named;
    if (!verified.ok) return { rejection: verified.rejection };
    const { checked, late, next_cursor, ...mended } = verified.value;
    return jsonReply(200, { checked, late, mended, next_cursor });
  },
});

const suspend = openEndpoint('admin', {
  method: 'POST',
  path: `${ONE}/suspend`,
  id: 'suspendOrganization',
  summary: 'Suspend an organization',
  description:
    'Everything of it is refused with organization_suspended, everywhere within 30 seconds; what is open is closed by then. Its deliveries wait; what its jobs are due for comes all the same.',
  replies: { 200: SHOWN },
  refusals: ['not_found', 'unavailable'],
  audit: { action: 'organization.suspend', target: 'organization', named: 'organization_id' },
  handle: (call) => answerOf(call, 200, (id) => suspendOrganization(call.env, id, call.trace)),
});

const resume = openEndpoint('admin', {
  method: 'POST',
  path: `${ONE}/resume`,
  id: 'resumeOrganization',
  summary: 'Resume an organization',
  description: 'It is served again at once, and its deliveries go on where they stopped.',
  replies: { 200: SHOWN },
  refusals: ['not_found', 'unavailable'],
  audit: { action: 'organization.resume', target: 'organization', named: 'organization_id' },
  handle: (call) => answerOf(call, 200, (id) => resumeOrganization(call.env, id, call.trace)),
});

const remove = openEndpoint('admin', {
  method: 'DELETE',
  path: ONE,
  id: 'deleteOrganization',
  summary: 'Delete an organization with everything it holds',
  description:
    'There is no way back. Its credentials are refused from here on, everywhere within 30 seconds; jobs, index, feed, hooks, endpoints and keys go by and by, which takes some minutes at least: to get it says how far that is.',
  replies: { 202: SHOWN },
  refusals: ['not_found', 'unavailable'],
  handle: (call) => answerOf(call, 202, (id) => deleteOrganization(call.env, id, call.trace)),
});

export const OPERATOR_ROUTES: readonly Endpoint[] = [
  ...[createOrganization, listOrganizations, getOrganization, changeOrganization, verify],
  ...[suspend, resume, remove],
  ...ORGANIZATION_KEY_ROUTES,
];

async function answerOf(
  { params, config }: Pick<Call<unknown, unknown>, 'params' | 'config'>,
  status: number,
  work: (id: string) => Promise<Result<organizations.Organization>>,
) {
  const named = namedOrganization(params);
  return reply(status, named.ok ? await work(named.value) : named, config);
}

function reply(
  status: number,
  found: Result<organizations.Organization>,
  { limits: standard }: Pick<Config, 'limits'>,
) {
  if (!found.ok) return { rejection: found.rejection };
  const { limits, deletion, ...listed } = found.value;
  return jsonReply(status, {
    ...dated(listed),
    limits: limits === 'gone' ? null : limitsOf(limits, standard),
    deletion: deletion && shownDeletion(deletion),
  });
}

function shownDeletion({
  requested_at,
  requested_by = null,
  finished_at,
  place,
}: NonNullable<organizations.Organization['deletion']>) {
  const { step, webhooks, hooks, jobs } = place;
  const deleted = { webhooks, hooks, jobs };
  const times = { requested_at: toTime(requested_at), finished_at: toTimeOrNull(finished_at) };
  return { ...times, requested_by: requested_by && requesterOf(requested_by), step, deleted };
}

/** The operator is one: what tells them apart is where they asked from. */
function requesterOf({ request_id, address, user_agent }: AuditTrace) {
  return { request_id, address, user_agent };
}

function dated({ created_at, suspended_at, ...entry }: organizations.ListedOrganization) {
  return { ...entry, created_at: toTime(created_at), suspended_at: toTimeOrNull(suspended_at) };
}
