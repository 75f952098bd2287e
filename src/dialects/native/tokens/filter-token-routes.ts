import * as z from 'zod';
import { FILTER_TOKEN_SCOPES, filterTokenSchema } from '../../../domain/access/filter-token';
import { TOKEN_LIFE } from '../../../domain/access/token';
import { SECOND } from '../../../domain/base/time';
import { BODY_LIMIT, type Endpoint, jsonReply, tenantEndpoint } from '../../../http/endpoint';
import { cursorParam, limitParam } from '../../../http/params';
import * as tokens from '../../../services/access/filter-tokens';
import { toTime } from '../../times';

const LIMIT = 100;
const time = z.iso.datetime();

const filterToken = z
  .object({
    token_id: z.string(),
    key_id: z.string().meta({ description: 'The key that made it.' }),
    scope: z.enum(FILTER_TOKEN_SCOPES),
    filter: z
      .object({ job_type: z.string().nullable(), tag: z.string().nullable() })
      .meta({ description: 'The jobs that there are for it; null for any.' }),
    created_at: time,
    expires_at: time,
  })
  .meta({ id: 'FilterToken' });
const newFilterToken = filterToken
  .extend({ token: z.string().meta({ description: 'Shown once.' }) })
  .meta({ id: 'NewFilterToken' });
const filterTokenList = z
  .object({ tokens: z.array(filterToken), next_cursor: z.string().nullable() })
  .meta({ id: 'FilterTokenList' });

const create = tenantEndpoint('job:read', {
  method: 'POST',
  path: '/api/tokens',
  id: 'createFilterToken',
  summary: 'Create a token for all jobs of a type, with a tag, or both',
  description:
    'A bearer for any page, to show the jobs that its filter lets through: `read` opens lists, the feed, its stream and the GETs of these jobs, `picture` their pictures alone. Any other job is none for it. It may do nothing that its key may not, and is gone with its key.',
  body: { schema: filterTokenSchema, maxBytes: BODY_LIMIT },
  replies: { 201: { description: 'The token.', schema: newFilterToken } },
  refusals: ['quota_exceeded', 'unavailable'],
  audit: { action: 'token.create', target: 'token' },
  async handle({ body: { scope, filter, expires_in }, trace }, caller) {
    const life = (expires_in ?? TOKEN_LIFE) * SECOND;
    const made = await tokens.createFilterToken(caller, scope, filter, life, trace);
    if (!made.ok) return { rejection: made.rejection };
    const { text, ...token } = made.value;
    return jsonReply(201, { ...toToken(token), token: text });
  },
});

const list = tenantEndpoint('any', {
  method: 'GET',
  path: '/api/tokens',
  id: 'listFilterTokens',
  summary: 'List the tokens for more than one job',
  description:
    'Those that stand, oldest first: all of the organization for key:manage, else those of the own key.',
  query: z.strictObject({ limit: limitParam.optional(), cursor: cursorParam }),
  cursorOf: () => tokens.FILTER_TOKENS,
  replies: { 200: { description: 'A page of tokens, without their secrets.', schema: filterTokenList } },
  refusals: ['unavailable'],
  async handle({ query: { limit = LIMIT }, position }, caller) {
    const page = await tokens.listFilterTokens(caller, { position, limit });
    if (!page.ok) return { rejection: page.rejection };
    const { items, next_cursor } = page.value;
    return jsonReply(200, { tokens: items.map(toToken), next_cursor });
  },
});

const revoke = tenantEndpoint('any', {
  method: 'DELETE',
  path: '/api/tokens/:token_id',
  id: 'revokeFilterToken',
  summary: 'Revoke a token for more than one job',
  description:
    'Effective everywhere within 30 seconds. Without key:manage those of the own key alone are there.',
  replies: { 204: { description: 'It is revoked.' } },
  refusals: ['not_found', 'unavailable'],
  audit: { action: 'token.revoke', target: 'token', named: 'token_id' },
  async handle({ params, trace }, caller) {
    const revoked = await tokens.revokeFilterToken(caller, params.token_id ?? '', trace);
    return revoked.ok ? { status: 204, body: null } : { rejection: revoked.rejection };
  },
});

/** Tokens for all jobs that a filter lets through. */
export const FILTER_TOKEN_ROUTES: readonly Endpoint[] = [create, list, revoke];

function toToken({ created_at, expires_at, ...rest }: tokens.FilterToken) {
  return { ...rest, created_at: toTime(created_at), expires_at: toTime(expires_at) };
}
