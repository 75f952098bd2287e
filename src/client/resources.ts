import { jobPath, pages } from './reading.ts';
import type { Schemas } from './schemas.ts';
import type { Query, Transport } from './transport.ts';
import type { Ask } from './types.ts';

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';
type Page = Ask & { limit?: number | undefined };

function caller(transport: Transport) {
  return <Answer>(
    method: Method,
    path: string,
    { signal }: Ask,
    body?: unknown,
    query: Query = {},
  ): Promise<Answer> =>
    transport.ask({ method, path, query, signal, ...(body === undefined ? {} : { body }) });
}

const within = (path: string, id: string, rest = '') => `${path}/${encodeURIComponent(id)}${rest}`;

/** Tokens: each opens one job; those of a filter all jobs of a type, with a tag, or both. */
export function tokens(transport: Transport) {
  const call = caller(transport);
  return {
    create: (jobId: string, token: Schemas['CreateToken'], ask: Ask = {}) =>
      call<Schemas['JobToken']>('POST', jobPath(jobId, '/tokens'), ask, token),
    /** All that were made for the job so far. */
    revoke: (jobId: string, ask: Ask = {}) => call<null>('DELETE', jobPath(jobId, '/tokens'), ask),
    createFilter: (token: Schemas['CreateFilterToken'], ask: Ask = {}) =>
      call<Schemas['NewFilterToken']>('POST', '/api/tokens', ask, token),
    listFilter: (page: Page = {}) => pages<Schemas['FilterToken']>(transport, '/api/tokens', 'tokens', page),
    revokeFilter: (id: string, ask: Ask = {}) => call<null>('DELETE', within('/api/tokens', id), ask),
  };
}

/** What is made, read, changed and removed under one path; `name` is that of its list. */
function made<New, Made, Change, Kept>(transport: Transport, path: string, name: string) {
  const call = caller(transport);
  return {
    create: (fields: New, ask: Ask = {}) => call<Made>('POST', path, ask, fields),
    list: (page: Page = {}) => pages<Kept>(transport, path, name, page),
    get: (id: string, ask: Ask = {}) => call<Kept>('GET', within(path, id), ask),
    change: (id: string, fields: Change, ask: Ask = {}) => call<Kept>('PATCH', within(path, id), ask, fields),
    delete: (id: string, ask: Ask = {}) => call<null>('DELETE', within(path, id), ask),
  };
}

/** Endpoints that are sent events. A new one’s secret is in the answer, and never shown again. */
export function webhooks(transport: Transport) {
  const path = '/api/webhooks';
  type Secret = Schemas['NewWebhook'];
  type Delivery = Schemas['Delivery'];
  type Filter = { status?: Delivery['status'][]; event_id?: string; event_type?: string; job_id?: string };
  const post = <Answer>(id: string, rest: string, ask: Ask = {}) =>
    caller(transport)<Answer>('POST', within(path, id, rest), ask);
  return {
    ...made<Schemas['CreateWebhook'], Secret, Schemas['ChangeWebhook'], Schemas['Webhook']>(
      transport,
      path,
      'webhooks',
    ),
    /** A new secret; the one before signs beside it for a day. */
    rotate: (id: string, ask?: Ask) => post<Secret>(id, '/rotate', ask),
    test: (id: string, ask?: Ask) => post<Delivery>(id, '/test', ask),
    redeliver: (id: string, deliveryId: string, ask?: Ask) =>
      post<Delivery>(id, `/deliveries/${deliveryId}/redeliver`, ask),
    deliveries: (id: string, filter: Filter & Page = {}) =>
      pages<Delivery>(transport, within(path, id, '/deliveries'), 'deliveries', filter),
  };
}

/** Hooks: addresses at which other services’ webhooks make jobs and reports. */
export function hooks(transport: Transport) {
  const path = '/api/hooks';
  type Hook = Schemas['Hook'];
  type Arrival = Schemas['HookArrivals']['arrivals'][number];
  return {
    ...made<Schemas['CreateHook'], Hook, Schemas['UpdateHook'], Hook>(transport, path, 'hooks'),
    /** What the hook would make of a delivery. */
    test: (id: string, payload: unknown, ask: Ask = {}) =>
      caller(transport)<Schemas['HookTrial']>('POST', within(path, id, '/test'), ask, payload),
    arrivals: (id: string, page: Page = {}) =>
      pages<Arrival>(transport, within(path, id, '/arrivals'), 'arrivals', page),
  };
}
