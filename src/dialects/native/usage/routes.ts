import * as z from 'zod';
import { LIMIT_NAMES } from '../../../domain/access/limits';
import { type Endpoint, jsonReply, tenantEndpoint } from '../../../http/endpoint';
import { usageOf } from '../../../services/organizations/usage';

const usage = z
  .object({
    limit: z.int(),
    use: z.int().nullable().meta({
      description: 'Null for a rate, and for what is another number for each job.',
    }),
  })
  .meta({ id: 'LimitUsage' });

const usages = z
  .object({
    organization_id: z.string(),
    limits: z.object(Object.fromEntries(LIMIT_NAMES.map((name) => [name, usage]))),
  })
  .meta({ id: 'Usage' });

const read = tenantEndpoint('any', {
  method: 'GET',
  path: '/api/usage',
  id: 'getUsage',
  summary: 'See the organization’s limits, and what of them is used',
  description: `\`creates_burst\` is used by jobs made a moment ago and comes back at \`creates_per_minute\`; \`streams\` and
\`waits\` are those of the credential itself, where it is asked. What is over a quota is refused with 409 \`quota_exceeded\`, what
is over a rate with 429 \`rate_limited\`; bytes are no refusal: what is oldest goes.`,
  replies: {
    200: { description: 'Use beside limit, by name.', schema: usages },
  },
  refusals: ['overloaded', 'unavailable'],
  async handle(_call, caller) {
    const limits = await usageOf(caller);
    if (!limits.ok) return { rejection: limits.rejection };
    return jsonReply(200, { organization_id: caller.principal.organization, limits: limits.value });
  },
});

export const USAGE_ROUTES: readonly Endpoint[] = [read];
