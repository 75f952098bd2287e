import * as z from 'zod';
import { ok, type Result } from '../../../domain/base/result';
import { type Endpoint, sharedEndpoint } from '../../../http/endpoint';
import {
  metricsOf,
  type OrganizationMetrics,
  operatorIn,
} from '../../../services/metrics/organization-metrics';
import { tally } from '../../../services/metrics/tally';
import { expose, OPEN_METRICS, PLAIN_TEXT } from './exposition';
import { isolateFamilies, organizationFamilies } from './families';

/** Organizations that the operator may name at once. */
const NAMED = 20;
/** Names this isolate as long as it lives. */
const ISOLATE = { name: '' };

const read = sharedEndpoint('metrics:read', {
  method: 'GET',
  path: '/metrics',
  id: 'getMetrics',
  summary: 'Metrics for Prometheus',
  description:
    'Of the key’s organization. With the operator’s token: what this isolate has counted for all, and of each organization that is named. ' +
    'Families with a label `isolate` are counted in one place the service runs, and begin anew with it; the others are told by the organization’s objects. ' +
    'As OpenMetrics where `Accept` asks for it, else in the text format of Prometheus.',
  query: z.strictObject({
    organization_id: z.array(z.string()).max(NAMED).optional().meta({
      description:
        'For the operator; a key names its own or none. Those that are unknown, suspended or being deleted are left out.',
    }),
  }),
  replies: {
    200: {
      description: 'The metrics.',
      schema: z.string(),
      contentType: 'text/plain',
      otherwise: { 'application/openmetrics-text': z.string() },
    },
  },
  refusals: ['organization_mismatch', 'overloaded', 'unavailable'],
  async handle({ env, query, incoming }, caller) {
    const { organization_id: named = [] } = query;
    ISOLATE.name ||= crypto.randomUUID().slice(0, 8);
    const own = caller?.principal.organization;
    if (own !== undefined && named.some((one) => one !== own)) {
      const detail = 'organization_id names an organization that this key is not of.';
      return { rejection: { code: 'organization_mismatch', detail } };
    }
    const found = caller === null ? await ofNamed(env, named) : await collected([await metricsOf(caller)]);
    if (!found.ok) return { rejection: found.rejection };
    const counts = own === undefined ? tally.all : tally.of(own);
    const metrics = [
      ...isolateFamilies(ISOLATE.name, counts, own),
      ...organizationFamilies(found.value, Date.now()),
    ];
    const open = /\bapplication\/openmetrics-text\b/i.test(incoming.headers.get('Accept') ?? '');
    const headers = { 'Content-Type': open ? OPEN_METRICS : PLAIN_TEXT, Vary: 'Accept' };
    return { status: 200, body: expose(metrics, open ? 'open' : 'plain'), headers };
  },
});

export const METRICS_ROUTES: readonly Endpoint[] = [read];

async function ofNamed(
  env: Parameters<typeof operatorIn>[0],
  named: readonly string[],
): Promise<Result<OrganizationMetrics[]>> {
  const all = [...new Set(named)].map(async (organization): Promise<Result<OrganizationMetrics> | null> => {
    const operator = await operatorIn(env, organization);
    if (!operator.ok) return operator.rejection.code === 'organization_suspended' ? null : operator;
    return operator.value === null ? null : metricsOf(operator.value);
  });
  return collected((await Promise.all(all)).filter((one) => one !== null));
}

function collected(results: readonly Result<OrganizationMetrics>[]): Result<OrganizationMetrics[]> {
  const found: OrganizationMetrics[] = [];
  for (const result of results) {
    if (!result.ok) return result;
    found.push(result.value);
  }
  return ok(found);
}
