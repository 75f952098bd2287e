import * as z from 'zod';
import { AUDIT_ACTIONS } from '../../../domain/audit/audit-record';
import { type Endpoint, jsonReply, tenantEndpoint } from '../../../http/endpoint';
import { cursorParam, limitParam, timeParam } from '../../../http/params';
import { AUDIT, type AuditFilter, readAudit } from '../../../services/audit/read-audit';
import { toTime } from '../../times';
import { auditList, toRecord } from './schemas';

const LIMIT = 50;
const PATH = '/api/audit';
const NDJSON = 'application/x-ndjson';

const list = tenantEndpoint('audit:read', {
  method: 'GET',
  path: PATH,
  id: 'listAudit',
  summary: 'List who changed what',
  description:
    'Newest first, for 90 days: every change to keys, sign-ins, endpoints, hooks, tokens and the organization; jobs that were cancelled, run again or deleted; and acts that were refused with a 403, of each credential 60 an hour and then their count. ' +
    'from is ≥, to is <. With format=ndjson a page is one record a line (application/x-ndjson), and Link names the next one. ' +
    'A page of a filter that passes over much may be short, or empty: next_cursor leads on.',
  query: z.strictObject({
    actor: z.string().optional().meta({ description: 'The id of who did it.' }),
    action: z.array(z.enum(AUDIT_ACTIONS)).optional(),
    target: z.string().optional().meta({ description: 'The id of what it was about.' }),
    from: timeParam.optional(),
    to: timeParam.optional(),
    format: z.enum(['json', 'ndjson']).optional().meta({ default: 'json' }),
    limit: limitParam.optional(),
    cursor: cursorParam,
  }),
  cursorOf: () => AUDIT,
  audit: { action: 'audit.read', target: 'audit' },
  replies: {
    200: {
      description: 'A page of records.',
      schema: auditList,
      otherwise: { [NDJSON]: z.string() },
      headers: { Link: 'The next page, rel="next", where there is one, with format=ndjson.' },
    },
  },
  refusals: ['overloaded', 'unavailable'],
  async handle({ query, position }, caller) {
    const { limit = LIMIT, format, cursor: _cursor, ...rest } = query;
    const given = Object.entries(rest).filter(([, value]) => value !== undefined);
    const filter = Object.fromEntries(given) as AuditFilter;
    const page = await readAudit(caller, filter, { position, limit });
    if (!page.ok) return { rejection: page.rejection };
    const { items, next_cursor } = page.value;
    const records = items.map(toRecord);
    if (format !== 'ndjson') return jsonReply(200, { records, next_cursor });
    const body = records.map((record) => `${JSON.stringify(record)}\n`).join('');
    const headers: Record<string, string> = { 'Content-Type': NDJSON };
    if (next_cursor !== null) headers.Link = nextLink(filter, limit, next_cursor);
    return { status: 200, body, headers };
  },
});

export const AUDIT_ROUTES: readonly Endpoint[] = [list];

function nextLink({ actor, action = [], target, from, to }: AuditFilter, limit: number, cursor: string) {
  const params = new URLSearchParams({ format: 'ndjson', limit: String(limit), cursor });
  for (const one of action) params.append('action', one);
  for (const [name, text] of Object.entries({ actor, target }))
    if (text !== undefined) params.set(name, text);
  for (const [name, at] of Object.entries({ from, to })) {
    if (at !== undefined) params.set(name, toTime(at));
  }
  return `<${PATH}?${params}>; rel="next"`;
}
