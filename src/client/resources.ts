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

/** Tokens: each opens one job. */
export function tokens(transport: Transport) {
  const call = caller(transport);
  return {
    create: (jobId: string, token: Schemas['CreateToken'], ask: Ask = {}) =>
      call<Schemas['JobToken']>('POST', jobPath(jobId, '/tokens'), ask, token),
    /** All that were made for the job so far. */
    revoke: (jobId: string, ask: Ask = {}) => call<null>('DELETE', jobPath(jobId, '/tokens'), ask),
  };
}

/** Endpoints that are sent events. */
export function webhooks(transport: Transport) {
  const call = caller(transport);
  const path = '/api/webhooks';
  type Webhook = Schemas['Webhook'];
  type Filter = { status?: string[]; event_id?: string; event_type?: string; job_id?: string };
  return {
    /** The answer has the secret, which is shown once. */
    create: (webhook: Schemas['CreateWebhook'], ask: Ask = {}) =>
      call<Schemas['NewWebhook']>('POST', path, ask, webhook),
    list: async (ask: Ask = {}) => (await call<Schemas['WebhookList']>('GET', path, ask)).webhooks,
    get: (id: string, ask: Ask = {}) => call<Webhook>('GET', within(path, id), ask),
    change: (id: string, fields: Schemas['ChangeWebhook'], ask: Ask = {}) =>
      call<Webhook>('PATCH', within(path, id), ask, fields),
    delete: (id: string, ask: Ask = {}) => call<null>('DELETE', within(path, id), ask),
    /** A new secret; the one before signs beside it for a day. */
    rotate: (id: string, ask: Ask = {}) =>
      call<Schemas['NewWebhook']>('POST', within(path, id, '/rotate'), ask),
    test: (id: string, ask: Ask = {}) => call<Schemas['Delivery']>('POST', within(path, id, '/test'), ask),
    deliveries: (id: string, filter: Filter & Page = {}) =>
      pages<Schemas['Delivery']>(transport, within(path, id, '/deliveries'), 'deliveries', filter),
    redeliver: (id: string, deliveryId: string, ask: Ask = {}) =>
      call<Schemas['Delivery']>('POST', within(path, id, `/deliveries/${deliveryId}/redeliver`), ask),
  };
}

/** Hooks: addresses at which other services’ webhooks make jobs and reports. */
export function hooks(transport: Transport) {
  const call = caller(transport);
  const path = '/api/hooks';
  type Hook = Schemas['Hook'];
  return {
    create: (hook: Schemas['CreateHook'], ask: Ask = {}) => call<Hook>('POST', path, ask, hook),
    list: async (ask: Ask = {}) => (await call<Schemas['HookList']>('GET', path, ask)).hooks,
    get: (id: string, ask: Ask = {}) => call<Hook>('GET', within(path, id), ask),
    change: (id: string, fields: Schemas['UpdateHook'], ask: Ask = {}) =>
      call<Hook>('PATCH', within(path, id), ask, fields),
    delete: (id: string, ask: Ask = {}) => call<null>('DELETE', within(path, id), ask),
    /** What the hook would make of a delivery. */
    test: (id: string, payload: unknown, ask: Ask = {}) =>
      call<Schemas['HookTrial']>('POST', within(path, id, '/test'), ask, payload),
    arrivals: (id: string, page: Page = {}) =>
      pages<Schemas['HookArrivals']['arrivals'][number]>(
        transport,
        within(path, id, '/arrivals'),
        'arrivals',
        page,
      ),
  };
}
