import * as z from 'zod';
import type { Result } from '../../../domain/base/result';
import { stateOf } from '../../../domain/webhook/first-answer';
import { DELIVERY_STATUSES, WEBHOOK_TYPES } from '../../../domain/webhook/webhook';
import { BODY_LIMIT, type Endpoint, jsonReply, tenantEndpoint } from '../../../http/endpoint';
import { cursorParam, limitParam } from '../../../http/params';
import { sealCursor } from '../../../services/ids/cursor';
import { cursorScope } from '../../../services/page';
import * as webhooks from '../../../services/webhooks/webhooks';
import { toTime, toTimeOrNull } from '../../times';
import * as schemas from './schemas';

/** An organization's webhook endpoints and what was delivered to them. */

/** Deliveries of a page, and endpoints of one. */
const LIMIT = 50;
const ENDPOINTS = 100;
const ONE = '/api/webhooks/:webhook_id';

const create = tenantEndpoint('webhook:manage', {
  method: 'POST',
  path: '/api/webhooks',
  id: 'createWebhook',
  also: 'job:read',
  summary: 'Create a webhook endpoint',
  description:
    'It is sent endpoint.test at once and, once it has answered that by a 2xx, every event from here on that its filters let through.',
  body: { schema: schemas.createWebhookSchema, maxBytes: BODY_LIMIT },
  replies: { 201: { description: 'The endpoint, its secret shown once.', schema: schemas.newWebhook } },
  refusals: ['quota_exceeded', 'overloaded'],
  audit: { action: 'webhook.create', target: 'webhook' },
  async handle({ body, host, trace }, caller) {
    const { url, event_types = null, job_types = null, statuses = null, description = null } = body;
    const { format = 'standard', headers = null, enabled = true } = body;
    const input = { url, event_types, job_types, statuses, format, headers, description, enabled };
    return reply(201, await webhooks.createWebhook(caller, input, host, trace), toNewWebhook);
  },
});

const list = tenantEndpoint('webhook:manage', {
  method: 'GET',
  path: '/api/webhooks',
  id: 'listWebhooks',
  summary: 'List the webhook endpoints, oldest first',
  description: 'All of the organization; never their secrets.',
  query: z.strictObject({ limit: limitParam.optional(), cursor: cursorParam }),
  cursorOf: () => webhooks.WEBHOOKS,
  replies: { 200: { description: 'A page of endpoints.', schema: schemas.webhookList } },
  refusals: ['overloaded'],
  async handle({ query: { limit = ENDPOINTS }, position }, caller) {
    const found = await webhooks.listWebhooks(caller, { position, limit });
    return reply(200, found, ({ items, next_cursor }) => ({ webhooks: items.map(toWebhook), next_cursor }));
  },
});

const get = tenantEndpoint('webhook:manage', {
  method: 'GET',
  path: ONE,
  id: 'getWebhook',
  summary: 'Get a webhook endpoint',
  description: 'Its settings and whether it is enabled; its secret was shown once.',
  replies: { 200: { description: 'The endpoint.', schema: schemas.webhook } },
  refusals: ['not_found', 'overloaded'],
  async handle({ params }, caller) {
    return reply(200, await webhooks.getWebhook(caller, params.webhook_id ?? ''), toWebhook);
  },
});

const change = tenantEndpoint('webhook:manage', {
  method: 'PATCH',
  path: ONE,
  id: 'changeWebhook',
  also: 'job:read',
  summary: 'Change a webhook endpoint',
  description: 'Absent fields stay as they are. One that is enabled again goes on where it stopped.',
  body: { schema: schemas.changeWebhookSchema, maxBytes: BODY_LIMIT },
  replies: { 200: { description: 'The endpoint.', schema: schemas.webhook } },
  refusals: ['not_found', 'quota_exceeded', 'overloaded'],
  audit: { action: 'webhook.change', target: 'webhook', named: 'webhook_id' },
  async handle({ params, body, host, trace }, caller) {
    const given = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
    const changed = await webhooks.changeWebhook(caller, params.webhook_id ?? '', given, host, trace);
    return reply(200, changed, toWebhook);
  },
});

const remove = tenantEndpoint('webhook:manage', {
  method: 'DELETE',
  path: ONE,
  id: 'deleteWebhook',
  summary: 'Delete a webhook endpoint',
  description: 'What is on its way to it is not sent again.',
  replies: { 204: { description: 'The endpoint is gone, with its deliveries.' } },
  refusals: ['not_found', 'overloaded'],
  audit: { action: 'webhook.delete', target: 'webhook', named: 'webhook_id' },
  async handle({ params, trace }, caller) {
    const removed = await webhooks.deleteWebhook(caller, params.webhook_id ?? '', trace);
    return removed.ok ? { status: 204, body: null } : { rejection: removed.rejection };
  },
});

const rotate = tenantEndpoint('webhook:manage', {
  method: 'POST',
  path: `${ONE}/rotate`,
  id: 'rotateWebhook',
  also: 'job:read',
  summary: 'Rotate the secret of a webhook endpoint',
  description: 'The secret before signs beside the new one for 24 hours.',
  replies: { 200: { description: 'The endpoint, its new secret shown once.', schema: schemas.newWebhook } },
  refusals: ['not_found', 'overloaded'],
  audit: { action: 'webhook.rotate', target: 'webhook', named: 'webhook_id' },
  async handle({ params, trace }, caller) {
    return reply(200, await webhooks.rotateWebhook(caller, params.webhook_id ?? '', trace), toNewWebhook);
  },
});

const test = tenantEndpoint('webhook:manage', {
  method: 'POST',
  path: `${ONE}/test`,
  id: 'testWebhook',
  also: 'job:read',
  summary: 'Send a test to a webhook endpoint',
  description:
    'A delivery of type endpoint.test, tried once: its outcome is in the deliveries. One that the endpoint has yet to answer is tried again, now.',
  replies: { 202: { description: 'The delivery.', schema: schemas.delivery } },
  refusals: ['not_found', 'webhook_disabled', 'overloaded'],
  async handle({ params }, caller) {
    return reply(202, await webhooks.testWebhook(caller, params.webhook_id ?? ''), toDelivery);
  },
});

const deliveries = tenantEndpoint('webhook:manage', {
  method: 'GET',
  path: `${ONE}/deliveries`,
  id: 'listDeliveries',
  also: 'job:read',
  summary: 'List what was delivered to a webhook endpoint',
  description:
    'Newest first, for 14 days at least. A page with a filter looks at 2,000 deliveries at most: it may hold few or none and have a next one.',
  query: z.strictObject({
    status: z.array(z.enum(DELIVERY_STATUSES)).optional(),
    event_id: z.string().toLowerCase().optional(),
    event_type: z.enum([...WEBHOOK_TYPES, 'endpoint.test']).optional(),
    job_id: z.string().toLowerCase().optional(),
    limit: limitParam.optional(),
    cursor: cursorParam,
  }),
  cursorOf: ({ webhook_id }) => `deliveries\0${webhook_id}`,
  replies: { 200: { description: 'A page of deliveries.', schema: schemas.deliveryList } },
  refusals: ['not_found', 'overloaded'],
  async handle({ params, query, position }, caller) {
    const { limit = LIMIT, cursor: _cursor, ...filter } = query;
    const webhookId = params.webhook_id ?? '';
    const before = position as number | null;
    const found = await webhooks.listDeliveries(caller, webhookId, filter, before, limit);
    if (!found.ok) return { rejection: found.rejection };
    const { deliveries: page, next } = found.value;
    const scope = cursorScope(caller.principal.organization, `deliveries\0${webhookId}`);
    const next_cursor = next === null ? null : await sealCursor(caller.config, scope, next);
    return jsonReply(200, { deliveries: page.map(toDelivery), next_cursor });
  },
});

const redeliver = tenantEndpoint('webhook:manage', {
  method: 'POST',
  path: `${ONE}/deliveries/:delivery_id/redeliver`,
  id: 'redeliver',
  also: 'job:read',
  summary: 'Send a delivery again',
  description:
    'Now, with the same id and body; should it fail, the schedule begins anew, but for an `endpoint.test`, which is tried once.',
  replies: { 202: { description: 'The delivery.', schema: schemas.delivery } },
  refusals: ['not_found', 'webhook_disabled', 'webhook_unanswered', 'overloaded'],
  async handle({ params }, caller) {
    const n = /^[1-9]\d{0,14}$/.test(params.delivery_id ?? '') ? Number(params.delivery_id) : 0;
    return reply(202, await webhooks.redeliver(caller, params.webhook_id ?? '', n), toDelivery);
  },
});

export const WEBHOOK_ROUTES: readonly Endpoint[] = [
  ...[create, list, get, change, remove],
  ...[rotate, test, deliveries, redeliver],
];

function reply<Value>(status: number, result: Result<Value>, map: (value: Value) => unknown) {
  return result.ok ? jsonReply(status, map(result.value)) : { rejection: result.rejection };
}

function toWebhook(webhook: webhooks.Webhook) {
  const { webhook_id, url, event_types, job_types, description, enabled, created_at, disabled } = webhook;
  // Absent in those that were made before there were such.
  const { statuses = null, format = 'standard', header_names = [], created_by = null } = webhook;
  const { paused_at = null } = webhook;
  return {
    webhook_id,
    url,
    event_types,
    job_types,
    statuses,
    format,
    header_names,
    description,
    enabled,
    state: stateOf(webhook),
    disabled_at: toTimeOrNull(disabled?.at ?? paused_at),
    disabled_reason: disabled?.reason ?? null,
    created_at: toTime(created_at),
    created_by,
  };
}

function toNewWebhook(webhook: webhooks.Webhook & { secret: string }) {
  return { ...toWebhook(webhook), secret: webhook.secret };
}

function toDelivery({ n, queued_at, next_attempt_at, attempts, sent, ...rest }: webhooks.Delivery) {
  return {
    delivery_id: String(n),
    ...rest,
    queued_at: toTime(queued_at),
    next_attempt_at: toTimeOrNull(next_attempt_at),
    attempts: attempts.map((attempt) => ({ ...attempt, at: toTime(attempt.at) })),
    sent: sent ?? null,
  };
}
