import * as z from 'zod';
import { changeKeySchema, createKeySchema, rotateKeySchema } from '../../domain/access/key-fields';
import { ok, type Result } from '../../domain/base/result';
import {
  type AuditedAct,
  BODY_LIMIT,
  type Call,
  type Endpoint,
  jsonReply,
  openEndpoint,
  tenantEndpoint,
} from '../../http/endpoint';
import { cursorParam, limitParam } from '../../http/params';
import type { Caller } from '../../services/access/caller';
import * as keys from '../../services/organizations/keys';
import { takeAlong } from '../../services/organizations/take-along';
import { toTime, toTimeOrNull } from '../times';
import * as schemas from './key-schemas';
import { namedOrganization } from './named-organization';

/** The routes by which an organization manages its keys, and the operator those of any. Source: behaviour §4. */

const LIMIT = 100;

/** One thing that is done with keys. */
interface KeyVerb<Query extends z.ZodObject, Body extends z.ZodType> {
  method: Endpoint['method'];
  /** Behind the path of the keys. */
  path: string;
  id: string;
  summary: string;
  description?: string;
  query?: Query;
  body?: { schema: Body; maxBytes: number; optional?: boolean };
  replies: Endpoint['replies'];
  refusals?: Endpoint['refusals'];
  cursorOf?: () => string;
  audit?: AuditedAct;
  handle(
    call: Call<z.output<Query>, z.output<Body>>,
    manager: keys.KeyManager,
  ): Promise<Result<{ status: number; body: unknown }>>;
}

const NEW_KEY = { description: 'The key, shown once.', schema: schemas.newKey };
const KEY = { description: 'The key, without its secret.', schema: schemas.key };

const create = both({
  method: 'POST',
  path: '',
  id: 'create·Key',
  summary: 'Create a key',
  description:
    'A key gives no permission that it lacks itself, no type of job that it is not for, and no time beyond its own.',
  body: { schema: createKeySchema, maxBytes: BODY_LIMIT },
  replies: { 201: NEW_KEY },
  audit: { action: 'key.create', target: 'key' },
  refusals: ['quota_exceeded'],
  async handle({ body: { name, ...terms } }, manager) {
    return mapped(201, await keys.createKey(manager, name, terms), toKey);
  },
});

const list = both({
  method: 'GET',
  path: '',
  id: 'list·Keys',
  summary: 'List the keys',
  description: 'Oldest first, the newest thousand of the revoked and expired ones among them.',
  query: z.strictObject({ limit: limitParam.optional(), cursor: cursorParam }),
  replies: { 200: { description: 'A page of keys, without their secrets.', schema: schemas.keyList } },
  cursorOf: () => keys.KEYS,
  async handle({ query: { limit = LIMIT }, position }, manager) {
    const page = await keys.listKeys(manager, { position, limit });
    return mapped(200, page, ({ items, next_cursor }) => ({ keys: items.map(toKey), next_cursor }));
  },
});

const get = both({
  method: 'GET',
  path: '/:key_id',
  id: 'get·Key',
  summary: 'Get a key',
  description: 'What is known of it; its secret was shown once.',
  replies: { 200: KEY },
  refusals: ['not_found'],
  async handle({ params }, manager) {
    return mapped(200, await keys.getKey(manager, params.key_id ?? ''), toKey);
  },
});

const change = both({
  method: 'PATCH',
  path: '/:key_id',
  id: 'change·Key',
  summary: 'Change a key',
  description:
    'What is absent stays. A key gives none, itself neither, more than it has. Effective everywhere within 30 seconds; what was opened with more is closed by then.',
  body: { schema: changeKeySchema, maxBytes: BODY_LIMIT },
  replies: { 200: KEY },
  refusals: ['not_found'],
  audit: { action: 'key.change', target: 'key', named: 'key_id' },
  async handle({ params, body }, manager) {
    return mapped(200, await keys.changeKey(manager, params.key_id ?? '', body as keys.KeyChange), toKey);
  },
});

const rotate = both({
  method: 'POST',
  path: '/:key_id/rotate',
  id: 'rotate·Key',
  summary: 'Give a key another secret',
  description:
    'The key keeps its id and what it may do. The secret before opens it too for the grace period; the one before that opens nothing any more. A key rotates none that has more than it.',
  body: { schema: rotateKeySchema, maxBytes: BODY_LIMIT, optional: true },
  replies: { 200: NEW_KEY },
  refusals: ['not_found'],
  audit: { action: 'key.rotate', target: 'key', named: 'key_id' },
  async handle({ params, body: grace }, manager) {
    return mapped(200, await keys.rotateKey(manager, params.key_id ?? '', grace), toKey);
  },
});

const revoke = both({
  method: 'DELETE',
  path: '/:key_id',
  id: 'revoke·Key',
  summary: 'Revoke a key',
  description:
    'Effective everywhere within 30 seconds; its tokens and sign-ins go with it. Hooks, endpoints and keys that it made stay, and the answer names them; with made=delete they go too. Repeated, it finishes what was begun.',
  query: z.strictObject({ made: z.enum(['keep', 'delete']).optional().meta({ default: 'keep' }) }),
  replies: {
    200: { description: 'It is revoked, and there is what it made.', schema: schemas.revokedKey },
    204: { description: 'It is revoked, and nothing that it made is there.' },
  },
  refusals: ['not_found'],
  audit: { action: 'key.revoke', target: 'key', named: 'key_id' },
  async handle({ params, query }, manager) {
    const revoked = await keys.revokeKey(manager, params.key_id ?? '');
    if (!revoked.ok) return revoked;
    const made = revoked.value;
    if (Object.values(made).every((ids) => ids.length === 0)) return ok({ status: 204, body: null });
    const taken_along = query.made === 'delete';
    const taken = taken_along ? await takeAlong(manager, made) : ok(null);
    return mapped(200, taken, () => ({ made, taken_along }));
  },
});

const VERBS = [create, list, get, change, rotate, revoke];

export const KEY_ROUTES: readonly Endpoint[] = VERBS.map(({ own }) => own);
export const ORGANIZATION_KEY_ROUTES: readonly Endpoint[] = VERBS.map(({ operator }) => operator);

/** A verb as an organization's own keys may do it and as the operator may: the dot in its id is `Organization` then. */
function both<Query extends z.ZodObject, Body extends z.ZodType>(verb: KeyVerb<Query, Body>) {
  const { id, path, summary, handle, refusals = [], ...rest } = verb;
  const own = tenantEndpoint<Query, Body>('key:manage', {
    ...rest,
    path: `/api/keys${path}`,
    id: id.replace('·', ''),
    summary: `${summary} of the own organization`,
    refusals: [...refusals, 'unavailable'],
    async handle(call, { principal }: Caller) {
      const { env, config, trace } = call;
      const { organization } = principal;
      return replied(await handle(call, { env, config, organization, principal, trace }));
    },
  });
  const operator = openEndpoint<Query, Body>('admin', {
    ...rest,
    path: `/admin/orgs/:organization_id/keys${path}`,
    id: id.replace('·', 'Organization'),
    summary: `${summary} of an organization`,
    refusals: [...new Set([...refusals, 'not_found', 'unavailable'] as const)],
    async handle(call) {
      const { env, config, params, trace } = call;
      const named = namedOrganization(params);
      if (!named.ok) return { rejection: named.rejection };
      return replied(await handle(call, { env, config, organization: named.value, principal: null, trace }));
    },
  });
  return { own, operator };
}

function replied(result: Result<{ status: number; body: unknown }>) {
  if (!result.ok) return { rejection: result.rejection };
  const { status, body } = result.value;
  return body === null ? { status, body: null } : jsonReply(status, body);
}

function mapped<Value>(status: number, result: Result<Value>, map: (value: Value) => unknown) {
  return result.ok ? ok({ status, body: map(result.value) }) : result;
}

function toKey<Key extends keys.ApiKey>(key: Key) {
  const { created_at, revoked_at, expires_at, last_used_at, older_secret_until } = key;
  return {
    ...key,
    created_at: toTime(created_at),
    revoked_at: toTimeOrNull(revoked_at),
    expires_at: toTimeOrNull(expires_at),
    last_used_at: toTimeOrNull(last_used_at),
    older_secret_until: toTimeOrNull(older_secret_until),
  };
}
