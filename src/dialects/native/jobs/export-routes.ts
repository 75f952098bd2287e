import * as z from 'zod';
import { download } from '../../../http/download';
import { type Endpoint, tenantEndpoint } from '../../../http/endpoint';
import { cursorParam } from '../../../http/params';
import { hold } from '../../../services/access/held';
import { type ExportPart, exportJobs } from '../../../services/jobs/export-jobs';
import { cursorScope } from '../../../services/page';
import { EXPORT_FORMATS, type ExportFormat } from './export-formats';
import { filterFields, toListFilter } from './list-filter';

const countParam = z
  .string()
  .regex(/^0*[1-9]\d{0,8}$/, { error: 'must be an integer of at least 1' })
  .transform(Number)
  .meta({ type: 'integer', minimum: 1, description: 'How many jobs at most; all without it.' });

const NOTHING: readonly ExportPart[] = [{ end: { jobs: 0, next_cursor: null } }];

const exported = tenantEndpoint('job:read', {
  method: 'GET',
  path: '/api/jobs/export',
  id: 'exportJobs',
  summary: 'Export Jobs',
  description:
    'All jobs that a filter lets through, as the list shows them, newest first, in one answer of unknown length. As ndjson each line is a job; ' +
    'behind every thousandth or so stands `{"cursor": "…"}`, from which another export goes on, and the last line is `{"end": {"jobs": n, "next_cursor": null}}`. ' +
    'As csv there is a row of names, a row a job, and a last row `#end,n,next_cursor` with empty cells to its width; a text that begins with = + - @, a tab or ' +
    'a CR has an apostrophe (U+0027) before it, numbers stay numbers, null is an empty cell, lists and objects are JSON. What lacks its end has broken off, and so does the connection. next_cursor is null where nothing is left; with `limit` it leads on.',
  query: z.strictObject({
    format: z.enum(['ndjson', 'csv']).optional().meta({ default: 'ndjson' }),
    ...filterFields,
    limit: countParam.optional(),
    cursor: cursorParam.meta({
      description: 'A cursor of an export before, or of the list, with the same filter.',
    }),
  }),
  cursorOf: () => 'jobs',
  token: { scope: 'read', lists: true },
  replies: {
    200: {
      description: 'The jobs.',
      schema: z.string(),
      contentType: 'application/x-ndjson',
      otherwise: { 'text/csv': z.string() },
    },
  },
  refusals: ['quota_exceeded', 'overloaded', 'unavailable'],
  async handle({ query, position }, caller) {
    const { format = 'ndjson', limit = null, cursor: _cursor, ...fields } = query;
    const { contentType } = EXPORT_FORMATS[format];
    const headers = {
      'Content-Type': contentType,
      'Content-Disposition': `attachment; filename="jobs.${format}"`,
      // A proxy that gathers would hold what is read slowly.
      'X-Accel-Buffering': 'no',
    };
    const filter = toListFilter(fields);
    if (filter === null) {
      const body = download(textOf(EXPORT_FORMATS[format], NOTHING), () => undefined);
      return { status: 200, body, headers };
    }
    const scope = cursorScope(caller.principal.organization, 'jobs');
    const found = await exportJobs(caller, filter, { scope, position, limit });
    if (!found.ok) return { rejection: found.rejection };
    const { parts, close } = found.value;
    // Only now: whoever has gone before is not heard of again, and would hold it for ever.
    const held = hold(caller, 'streams');
    if (!held.ok) {
      await close();
      return { rejection: held.rejection };
    }
    const body = download(textOf(EXPORT_FORMATS[format], parts), () => {
      held.value();
      void close();
    });
    return { status: 200, body, headers };
  },
});

export const EXPORT_ROUTES: readonly Endpoint[] = [exported];

async function* textOf(
  { head, write }: ExportFormat,
  parts: AsyncIterable<ExportPart> | Iterable<ExportPart>,
): AsyncGenerator<string, void> {
  if (head !== '') yield head;
  for await (const part of parts) {
    const text = write(part);
    if (text !== '') yield text;
  }
}
