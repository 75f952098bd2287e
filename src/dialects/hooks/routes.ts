import * as z from 'zod';
import type { Result } from '../../domain/base/result';
import { shownCondition } from '../../domain/hook/condition';
import { shownHandshake } from '../../domain/hook/handshake';
import { createHookSchema, rotateHookSchema, updateHookSchema } from '../../domain/hook/hook';
import { toMapping } from '../../domain/hook/hook-mapping';
import { BODY_LIMIT, type Call, type Endpoint, jsonReply, tenantEndpoint } from '../../http/endpoint';
import { originServing } from '../../http/origin';
import { cursorParam, limitParam } from '../../http/params';
import * as hooks from '../../services/hooks/hooks';
import { toTime, toTimeOrNull } from '../times';
import * as schemas from './schemas';
import { TRIAL_ROUTES } from './trial-routes';

const LIMIT = 100;
const HOOK_DOC = { 200: { description: 'The hook.', schema: schemas.hookResponse } };

const create = tenantEndpoint('webhook:manage', {
  method: 'POST',
  path: '/api/hooks',
  id: 'createHook',
  also: 'job:create',
  summary: 'Create an inbound hook',
  description: 'A URL at which a partner’s webhook creates jobs or reports on them, with job:create.',
  body: { schema: createHookSchema, maxBytes: BODY_LIMIT },
  replies: { 201: { description: 'The hook.', schema: schemas.hookResponse } },
  refusals: ['quota_exceeded', 'overloaded'],
  audit: { action: 'hook.create', target: 'hook' },
  async handle(call, caller) {
    const { body, origin, trace } = call;
    const mapping = toMapping(body.mapping);
    const created = await hooks.createHook(caller, body.name, body.verification, mapping, origin, trace);
    return created.ok ? jsonReply(201, toHook(created.value, call)) : { rejection: created.rejection };
  },
});

const list = tenantEndpoint('webhook:manage', {
  method: 'GET',
  path: '/api/hooks',
  id: 'listHooks',
  also: 'job:create',
  summary: 'List the inbound hooks, oldest first',
  description: 'All of the organization; never their secrets.',
  query: z.strictObject({ limit: limitParam.optional(), cursor: cursorParam }),
  cursorOf: () => hooks.HOOKS,
  replies: { 200: { description: 'A page of hooks.', schema: schemas.hookListResponse } },
  refusals: ['overloaded', 'unavailable'],
  async handle(call, caller) {
    const { query, position } = call;
    const found = await hooks.listHooks(caller, { position, limit: query.limit ?? LIMIT });
    if (!found.ok) return { rejection: found.rejection };
    const { items, next_cursor } = found.value;
    return jsonReply(200, { hooks: items.map((hook) => toHook(hook, call)), next_cursor });
  },
});

const get = tenantEndpoint('webhook:manage', {
  method: 'GET',
  path: '/api/hooks/:hook_id',
  id: 'getHook',
  also: 'job:create',
  summary: 'Get an inbound hook',
  description: 'Its address, how its sender is proven and what becomes of a delivery; never its secret.',
  replies: HOOK_DOC,
  refusals: ['not_found', 'overloaded'],
  async handle(call, caller) {
    return replyHook(await hooks.getHook(caller, call.params.hook_id ?? ''), call);
  },
});

const update = tenantEndpoint('webhook:manage', {
  method: 'PATCH',
  path: '/api/hooks/:hook_id',
  id: 'updateHook',
  also: 'job:create',
  summary: 'Change how an inbound hook verifies or maps',
  description: 'What is given takes the place of what was, effective from the next delivery on.',
  body: { schema: updateHookSchema, maxBytes: BODY_LIMIT },
  replies: HOOK_DOC,
  refusals: ['not_found', 'overloaded', 'unavailable'],
  audit: { action: 'hook.change', target: 'hook', named: 'hook_id' },
  async handle(call, caller) {
    const { params, body, trace } = call;
    const verification = body.verification ?? null;
    const mapping = body.mapping ? toMapping(body.mapping) : null;
    const given = { verification, mapping };
    return replyHook(await hooks.updateHook(caller, params.hook_id ?? '', given, trace), call);
  },
});

const remove = tenantEndpoint('webhook:manage', {
  method: 'DELETE',
  path: '/api/hooks/:hook_id',
  id: 'deleteHook',
  summary: 'Delete an inbound hook',
  description: 'Its address is a 404 from then on; the jobs that it made stay.',
  replies: { 204: { description: 'The hook is gone; its URL is a 404.' } },
  refusals: ['not_found', 'overloaded'],
  audit: { action: 'hook.delete', target: 'hook', named: 'hook_id' },
  async handle({ params, trace }, caller) {
    const removed = await hooks.deleteHook(caller, params.hook_id ?? '', trace);
    return removed.ok ? { status: 204, body: null } : { rejection: removed.rejection };
  },
});

const rotate = tenantEndpoint('webhook:manage', {
  method: 'POST',
  path: '/api/hooks/:hook_id/rotate',
  id: 'rotateHook',
  also: 'job:create',
  summary: 'Give an inbound hook another URL',
  description:
    'The hook keeps its id, how it verifies and what it has seen. The URL before is served too for the grace period; the one before that is a 404.',
  body: { schema: rotateHookSchema, maxBytes: BODY_LIMIT, optional: true },
  replies: HOOK_DOC,
  refusals: ['not_found', 'overloaded', 'unavailable'],
  audit: { action: 'hook.rotate', target: 'hook', named: 'hook_id' },
  async handle(call, caller) {
    const { params, body: grace, trace } = call;
    return replyHook(await hooks.rotateHook(caller, params.hook_id ?? '', grace, trace), call);
  },
});

const arrivals = tenantEndpoint('webhook:manage', {
  method: 'GET',
  path: '/api/hooks/:hook_id/arrivals',
  id: 'listHookArrivals',
  summary: 'What became of the last deliveries, newest first',
  description: 'The last 100 that were proven their sender’s, and the last 100 that were not.',
  query: z.strictObject({ limit: limitParam.optional(), cursor: cursorParam }),
  cursorOf: ({ hook_id }) => `arrivals\0${hook_id}`,
  replies: { 200: { description: 'The arrivals.', schema: schemas.arrivalsResponse } },
  refusals: ['not_found', 'overloaded'],
  async handle({ params, query, position }, caller) {
    const { limit = 100 } = query;
    const found = await hooks.listArrivals(caller, params.hook_id ?? '', position, limit);
    if (!found.ok) return { rejection: found.rejection };
    const { arrivals, dropped, ...rest } = found.value;
    return jsonReply(200, {
      arrivals: arrivals.map(({ place: _place, at, content_type = null, ...one }) => {
        return { at: toTime(at), ...one, content_type };
      }),
      ...rest,
      ...(dropped === 0 ? {} : { dropped }),
    });
  },
});

/** Those by which an organization manages its inbound hooks. */
export const HOOK_ROUTES: readonly Endpoint[] = [
  // Before the routes of one hook: `test` is no id.
  ...TRIAL_ROUTES,
  ...[create, list, get, update, rotate, remove, arrivals],
];

/** What of a request says where links lead. */
type Asking = Pick<Call<unknown, unknown>, 'incoming' | 'config'>;

function replyHook(hook: Result<hooks.HookView>, call: Asking) {
  return hook.ok ? jsonReply(200, toHook(hook.value, call)) : { rejection: hook.rejection };
}

function toHook({ path, served_at = null, ...hook }: hooks.HookView, call: Asking): schemas.HookResponse {
  const { incoming, config } = call;
  const origin = originServing(served_at, incoming.url, incoming.headers, config);
  const { hook_id, name, verification, mapping, created_at, updated_at, created_by = null } = hook;
  const { older_url_until = null } = hook;
  const { handshake } = verification;
  const { when, ...rules } = mapping;
  const shown = { ...verification, ...(handshake && { handshake: shownHandshake(handshake) }) };
  return {
    hook_id,
    name,
    url: new URL(path, origin).href,
    older_url_until: toTimeOrNull(older_url_until),
    verification: shown,
    mapping: { ...rules, ...(when === undefined ? {} : { when: when.map(shownCondition) }) },
    created_at: toTime(created_at),
    created_by,
    updated_at: toTime(updated_at),
  };
}
