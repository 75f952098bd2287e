/** What can be wrong with a request, in the order of its checks (behaviour §2), and where to try it. */
import type { Client } from '../support/client.ts';
import type { Surface } from './refusal.ts';

/** One request in the making; each fault spoils its own part of it. */
export interface Draft {
  method: string;
  path: string;
  credential: string | null;
  headers: Record<string, string>;
  body: string;
}

export interface Target {
  name: string;
  surface: Surface;
  permission: string;
  path: (id: string) => string;
  good: string;
  /** The refusal of a job in the wrong state; null where no job is asked for. */
  conflict: string | null;
}

export interface Fault {
  name: string;
  status: number;
  code: (target: Target) => string;
  spoil: (draft: Draft, scene: Scene) => void;
  /** Faults of one group can't stand in one request. */
  group?: string;
}

/** Who asks, and for what. */
export interface Scene {
  client: Client;
  /** A key of the same organization that may do all but this. */
  lesser: Client;
  running: string;
  missing: string;
  /** A job in a state that refuses. */
  conflicting: string;
}

export const TARGETS: Target[] = [
  {
    name: 'report',
    surface: 'native',
    permission: 'job:create',
    path: (id) => `/api/jobs/${id}/progress`,
    good: '{"processed_items":1}',
    conflict: 'job_terminal',
  },
  {
    name: 'create',
    surface: 'native',
    permission: 'job:create',
    path: () => '/api/jobs/',
    good: '{"job_type":"import","total_items":1}',
    conflict: null,
  },
  {
    name: 'cancel',
    surface: 'native',
    permission: 'job:cancel',
    path: (id) => `/api/jobs/${id}/cancel`,
    good: '{}',
    conflict: 'job_terminal',
  },
  {
    name: 'cancel (c)',
    surface: 'monitoring',
    permission: 'job:cancel',
    path: (id) => `/api/v1/jobs/${id}/cancel`,
    good: '{}',
    conflict: 'job_terminal',
  },
  {
    name: 'rerun (b)',
    surface: 'polling',
    permission: 'job:create',
    path: (id) => `/v1/api/jobs/${id}/rerun`,
    good: '{}',
    conflict: 'job_not_terminal',
  },
];

export const FAULTS: Fault[] = [
  {
    name: 'no such route',
    status: 404,
    code: () => 'not_found',
    group: 'route',
    spoil: (draft) => {
      const [path = '', query = ''] = draft.path.split('?');
      draft.path = `${path.replace(/\/$/, '')}/nope/nope?${query}`;
    },
  },
  {
    name: 'wrong method',
    status: 405,
    code: () => 'method_not_allowed',
    group: 'route',
    spoil: (draft) => {
      draft.method = 'PUT';
    },
  },
  {
    name: 'no credential',
    status: 401,
    code: () => 'unauthenticated',
    group: 'credential',
    spoil: (draft) => {
      draft.credential = null;
    },
  },
  {
    name: 'another organization',
    status: 403,
    code: () => 'organization_mismatch',
    group: 'forbidden',
    spoil: (draft) => {
      draft.headers['X-Organization-ID'] = 'another';
    },
  },
  {
    name: 'no permission',
    status: 403,
    code: () => 'permission_denied',
    group: 'forbidden',
    spoil: (draft, scene) => {
      draft.credential = draft.credential && scene.lesser.key;
    },
  },
  {
    name: 'too large',
    status: 413,
    code: () => 'body_too_large',
    spoil: (draft) => {
      draft.body += ' '.repeat(300 * 1024);
    },
  },
  {
    name: 'an unknown charset',
    status: 415,
    code: () => 'unsupported_media_type',
    spoil: (draft) => {
      draft.headers['Content-Type'] = 'application/json; charset=klingon';
    },
  },
  {
    name: 'encoded',
    status: 415,
    code: () => 'unsupported_media_type',
    spoil: (draft) => {
      draft.headers['Content-Encoding'] = 'gzip';
    },
  },
  {
    name: 'malformed',
    status: 400,
    code: () => 'malformed_json',
    spoil: (draft) => {
      draft.body = `{"nope":1,,${draft.body}`;
    },
  },
  {
    name: 'a bad key',
    status: 400,
    code: () => 'invalid_request',
    spoil: (draft) => {
      draft.headers['Idempotency-Key'] = 'é';
    },
  },
  {
    name: 'invalid',
    status: 422,
    code: () => 'validation_failed',
    spoil: (draft) => {
      draft.body = draft.body.replace('{', draft.body.startsWith('{}') ? '{"nope":1' : '{"nope":1,');
    },
  },
  {
    name: 'too many parameters',
    status: 422,
    code: () => 'validation_failed',
    spoil: (draft) => {
      draft.path += `?${'a=1&'.repeat(101)}`;
    },
  },
  {
    name: 'no such job',
    status: 404,
    code: () => 'job_not_found',
    group: 'job',
    spoil: (draft, scene) => {
      draft.path = draft.path.replace(scene.running, scene.missing);
    },
  },
  {
    name: 'wrong state',
    status: 409,
    code: (target) => target.conflict ?? '',
    group: 'job',
    spoil: (draft, scene) => {
      draft.path = draft.path.replace(scene.running, scene.conflicting);
    },
  },
];
