import type { Endpoint } from '../../src/http/endpoint';
import { SURFACES } from '../../src/surfaces';

/** One method on one path, as the router has it: what the generated matrices walk. */
export interface Route {
  method: string;
  path: string;
  permission: string | null;
  /** Whether an organization's credential opens it, whatever it may do there. */
  tenant: boolean;
  /** What it takes besides. */
  also: string | null;
  surface: 'native' | 'polling' | 'monitoring' | 'line' | 'admin' | 'open';
  hasJobId: boolean;
  /** Other methods are answered as where nothing is. */
  hidden: boolean;
  /** Its credential is the token in its path: keys and headers are nothing to it, and it answers in plain text. */
  byPath: boolean;
  /** A body that the route accepts. */
  body?: unknown;
  /** Headers that the route can't do without. */
  headers?: Record<string, string>;
}

const GOOD_BODY: Record<string, unknown> = {
  createJob: { job_type: 'import', total_items: 3 },
  reportProgress: { processed_items: 1 },
  reportBatch: { reports: [{ processed_items: 1 }] },
  cancelJob: { reason: 'enough' },
  rerunJob: {},
  pollRerun: {},
  monitorCancel: { reason: 'enough' },
  cancelJobs: { filter: { job_type: 'matrix' } },
  rerunJobs: { filter: { job_type: 'matrix' }, dry_run: true },
  deleteJobs: { job_ids: ['matrix'] },
  createToken: { scope: 'read' },
  signInByCode: { code: 'hwl_matrix' },
  createFilterToken: { scope: 'read', filter: { job_type: 'import' } },
  createOrganization: { organization_id: 'matrix', name: 'Matrix' },
  changeOrganization: { external_id: null },
  createOrganizationKey: { name: 'matrix', permissions: ['job:read'] },
  changeOrganizationKey: { name: 'matrix' },
  rotateOrganizationKey: {},
  createWebhook: { url: 'https://receiver.example/hook' },
  changeWebhook: { description: 'matrix' },
  createKey: { name: 'matrix', permissions: ['job:read'] },
  changeKey: { name: 'matrix' },
  rotateKey: {},
  createHook: {
    name: 'matrix',
    verification: { scheme: 'token' },
    mapping: { action: 'create', set: { job_type: 'import', total_items: 1 } },
  },
  updateHook: { verification: { scheme: 'token' } },
  rotateHook: {},
  testHook: { any: 'payload' },
  testNewHook: {
    hook: {
      name: 'matrix',
      verification: { scheme: 'token' },
      mapping: { action: 'create', set: { job_type: 'import', total_items: 1 } },
    },
    body: '{}',
  },
  receiveDelivery: { any: 'payload' },
};

export const ROUTES: Route[] = SURFACES.flatMap(({ name, endpoints }) =>
  endpoints.map((endpoint) => toRoute(name, endpoint)),
);

function toRoute(
  surface: Route['surface'],
  { method, path, id, access, also, body, upgrades, hidden = false }: Endpoint,
): Route {
  const permission = access === 'open' || access === 'admin' || access === 'any' ? null : access;
  const tenant = access !== 'open' && access !== 'admin';
  const byPath = surface === 'line';
  const headers = upgrades ? { headers: { Upgrade: 'websocket' } } : {};
  const hasJobId = /:(job_id|id)\b/.test(path);
  const opened = { permission, tenant, also: also ?? null };
  const route = { method, path, ...opened, surface, hasJobId, hidden, byPath, ...headers };
  if (body === undefined) return route;
  if (!(id in GOOD_BODY)) throw new Error(`the matrices need a good body for ${id}`);
  return { ...route, body: GOOD_BODY[id] };
}
