/** Organizations with a job in each state, and the addresses of the route table seen from one of them. */
import { env } from 'cloudflare:workers';
import { type Ask, type Client, makeClient } from '../support/client.ts';
import type { ROUTES } from '../support/routes.ts';
import { makeCompletedJob, makeDeletedJob, makeRunningJob } from './bystander.ts';

export type Route = (typeof ROUTES)[number];

export interface Tenant {
  /** The badge of its jobs' type, where that is not import. */
  badge?: string;
  client: Client;
  running: string;
  ended: string;
  deleted: string;
}

/** The id of no job. */
export const NOBODY = '00000000-0000-8000-8000-000000000000';

/** The id of no organization, for routes that would end one which others are walked with. */
const NO_ORGANIZATION = 'nobody-made-it';
const SHUTTING = /^(DELETE|POST) \/admin\/orgs\/:organization_id(\/(suspend|resume))?$/;

export async function makeTenant(): Promise<Tenant> {
  const client = await makeClient();
  return {
    client,
    running: await makeRunningJob(client),
    ended: await makeCompletedJob(client),
    deleted: await makeDeletedJob(client),
  };
}

/** The address of `route` with its parameters filled in. */
export function address(route: Route, jobId: string, tenant: Tenant): string {
  const names: Record<string, string> = {
    job_id: jobId,
    id: jobId,
    organization_id: SHUTTING.test(title(route)) ? NO_ORGANIZATION : tenant.client.organization,
    key_id: tenant.client.keyId,
    badge: tenant.badge ?? 'import.svg',
  };
  return route.path.replaceAll(/:(\w+)/g, (_, name: string) => names[name] ?? name);
}

export function credential(route: Route, tenant: Tenant): string | null {
  if (route.surface === 'open') return null;
  return route.surface === 'admin' ? env.ADMIN_TOKEN : tenant.client.key;
}

export const title = (route: Route) => `${route.method} ${route.path}`;
export const titled = (routes: readonly Route[]): [string, Route][] =>
  routes.map((route) => [title(route), route]);
/** A request that the route accepts. */
export const goodAsk = ({ body, headers }: Route): Ask => ({
  ...(body === undefined ? {} : { body }),
  ...(headers === undefined ? {} : { headers }),
});
export const withSlash = (path: string) => (path.endsWith('/') ? path.slice(0, -1) : `${path}/`);
