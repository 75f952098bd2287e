import * as z from 'zod';
import { permissionToMake, TOKEN_LIFE, TOKEN_SCOPES, tokenSchema } from '../../../domain/access/token';
import { reject } from '../../../domain/base/rejection';
import { BODY_LIMIT, type Endpoint, jsonReply, tenantEndpoint } from '../../../http/endpoint';
import { createToken, revokeTokens } from '../../../services/access/job-tokens';
import { toTime } from '../../times';

const tokenResponse = z
  .object({
    token: z.string().meta({ description: 'Shown once, and stored nowhere.' }),
    job_id: z.uuid(),
    scope: z.enum(TOKEN_SCOPES),
    allow_get: z.boolean(),
    expires_at: z.iso.datetime().meta({ description: 'UTC.' }),
  })
  .meta({ id: 'JobToken' });

const create = tenantEndpoint('job:read', {
  method: 'POST',
  path: '/api/jobs/:job_id/tokens',
  id: 'createToken',
  summary: 'Create a token for one job',
  description:
    'A bearer for this job alone: `picture` opens its pictures, `read` its GETs too, `report` its reports too. A report token takes `job:create`, the others `job:read`; a token may do nothing that its key may not.',
  orAccess: 'job:create',
  body: { schema: tokenSchema, maxBytes: BODY_LIMIT },
  replies: { 201: { description: 'The token.', schema: tokenResponse } },
  refusals: ['job_not_found', 'overloaded'],
  audit: { action: 'token.create', target: 'token', named: 'job_id' },
  async handle({ params, body, trace }, caller) {
    const { scope, allow_get, expires_in } = body;
    const needed = permissionToMake(scope);
    if (!caller.principal.permissions.includes(needed)) {
      const detail = `This key lacks the permission ${needed}, which a token of scope ${scope} takes.`;
      return { rejection: reject('permission_denied', detail) };
    }
    const seconds = expires_in ?? TOKEN_LIFE;
    const allowGet = allow_get ?? false;
    const asked = { scope, seconds, allowGet };
    const made = await createToken(caller, params.job_id ?? '', asked, Date.now(), trace);
    if (!made.ok) return { rejection: made.rejection };
    const { token, said } = made.value;
    const { job_id, expires_at } = said;
    const expires = toTime(expires_at * 1_000);
    return jsonReply(201, { token, job_id, scope, allow_get: allowGet, expires_at: expires });
  },
});

const revoke = tenantEndpoint('job:create', {
  method: 'DELETE',
  path: '/api/jobs/:job_id/tokens',
  id: 'revokeTokens',
  summary: 'Revoke all tokens of a job',
  description: 'At once. Tokens made after it are not touched.',
  replies: { 204: { description: 'No token made before opens this job any more.' } },
  refusals: ['job_not_found', 'overloaded'],
  audit: { action: 'token.revoke', target: 'token', named: 'job_id' },
  async handle({ params, trace }, caller) {
    const revoked = await revokeTokens(caller, params.job_id ?? '', trace);
    return revoked.ok ? { status: 204, body: null } : { rejection: revoked.rejection };
  },
});

/** Tokens for one job. */
export const TOKEN_ROUTES: readonly Endpoint[] = [create, revoke];
