import { jobPath, pages } from './reading.ts';
import type { Schemas } from './schemas.ts';
import type { Query } from './service.ts';
import type { Transport } from './transport.ts';
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
  ): Promise<Answer> => transport.ask({ method, path, query, signal, body });
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

/** Keys of an organization. A new one’s secret is in the answer, and never shown again. */
export function keys(transport: Transport, path = '/api/keys') {
  type Made = Schemas['NewApiKey'];
  const { delete: _delete, ...rest } = made<
    Schemas['CreateKey'],
    Made,
    Schemas['ChangeKey'],
    Schemas['ApiKey']
  >(transport, path, 'keys');
  const call = caller(transport);
  return {
    ...rest,
    /** A new secret under the same id; the one before opens for as long as `grace_period` says (s). */
    rotate: (id: string, fields: Schemas['RotateKey'] = {}, ask: Ask = {}) =>
      call<Made>('POST', within(path, id, '/rotate'), ask, fields),
    /** What the key has made stays, unless `made` is `delete`: then the answer names what went with it. */
    revoke: (id: string, { made, ...ask }: Ask & { made?: 'keep' | 'delete' } = {}) =>
      call<Schemas['RevokedKey'] | null>('DELETE', within(path, id), ask, undefined, { made }),
  };
}

/** Sign-ins of people: a page signs in by a key, and then asks without one. */
export function sessions(transport: Transport) {
  const call = caller(transport);
  return {
    signIn: (ask: Ask = {}) => call<Schemas['Session']>('POST', '/api/session', ask),
    /** A code that signs one browser in, once and soon: it may stand in a link. */
    createCode: (ask: Ask = {}) => call<Schemas['SignInCode']>('POST', '/api/session/codes', ask),
    signInByCode: (code: string, ask: Ask = {}) =>
      call<Schemas['Session']>('POST', '/api/session/code', ask, { code }),
    signOut: (ask: Ask = {}) => call<null>('DELETE', '/api/session', ask),
    list: (page: Page = {}) => pages<Schemas['Session']>(transport, '/api/sessions', 'sessions', page),
    end: (id: string, ask: Ask = {}) => call<null>('DELETE', within('/api/sessions', id), ask),
  };
}

/** Organizations, for the operator alone. */
export function organizations(transport: Transport) {
  const path = '/admin/orgs';
  type Kept = Schemas['Organization'];
  const call = caller(transport);
  const post = (id: string, verb: string, ask: Ask = {}) =>
    call<Kept>('POST', within(path, id, `/${verb}`), ask);
  return {
    ...made<Schemas['CreateOrganization'], Kept, Schemas['ChangeOrganization'], Kept>(
      transport,
      path,
      'organizations',
    ),
    suspend: (id: string, ask?: Ask) => post(id, 'suspend', ask),
    resume: (id: string, ask?: Ask) => post(id, 'resume', ask),
    /** Asks some of its jobs what they are, and mends its lists: `next_cursor` goes on, and is null once all were asked. */
    verifyIndex: (id: string, { signal, ...query }: Page & { cursor?: string } = {}) =>
      transport.ask<Schemas['VerifiedIndex']>({
        method: 'POST',
        path: within(path, id, '/index/verify'),
        query: query as Query,
        signal,
      }),
    /** Erases all that is the organization’s, from now on. */
    delete: (id: string, ask: Ask = {}) => call<Kept>('DELETE', within(path, id), ask),
    keys: (id: string) => keys(transport, within(path, id, '/keys')),
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
    /** Another URL; the one before is served for as long as `grace_period` says (s). */
    rotate: (id: string, fields: Schemas['RotateHook'] = {}, ask: Ask = {}) =>
      caller(transport)<Hook>('POST', within(path, id, '/rotate'), ask, fields),
    /** What a hook would make of a delivery, were it made. */
    testNew: (trial: Schemas['TryHook'], ask: Ask = {}) =>
      caller(transport)<Schemas['HookTrial']>('POST', `${path}/test`, ask, trial),
    /** What the hook would make of a delivery. */
    test: (id: string, payload: unknown, ask: Ask = {}) =>
      caller(transport)<Schemas['HookTrial']>('POST', within(path, id, '/test'), ask, payload),
    arrivals: (id: string, page: Page = {}) =>
      pages<Arrival>(transport, within(path, id, '/arrivals'), 'arrivals', page),
  };
}
