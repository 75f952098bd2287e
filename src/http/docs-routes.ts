import * as z from 'zod';
import { reject } from '../domain/base/rejection';
import { type Endpoint, openEndpoint } from './endpoint';
import { FILE_HEADERS, staticFile } from './static-file';

/** Pages of text: their one style is from here, and nothing else is loaded. */
const POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "img-src 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The reference is drawn by a script, and has places of its own in attributes of style. */
const REFERENCE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

const FILE = /^docs\.[0-9a-f]{16}\.(?:css|js)$/;
const GUIDE = /^[a-z][a-z-]{0,40}(?:\.(?:md|json|service|conf))?$/;
const MARKDOWN = 'text/markdown; charset=utf-8';
const NO_PAGE = 'There is no such page; /llms.txt lists all.';

const fileReplies = (description: string, contentType: string, otherwise?: Record<string, z.ZodType>) => ({
  200: {
    description,
    schema: z.string(),
    contentType,
    ...(otherwise === undefined ? {} : { otherwise }),
    headers: FILE_HEADERS,
  },
  304: { description: 'The reader holds this file already.', headers: FILE_HEADERS },
});

const start = openEndpoint('open', {
  method: 'GET',
  path: '/docs',
  id: 'docs',
  summary: 'The first of the guides',
  description: 'Leads to the guide that says what this is.',
  replies: { 303: { description: 'The guide.', headers: { Location: '`/docs/start`' } } },
  handle: async () => ({ status: 303, body: null, headers: { Location: '/docs/start' } }),
});

const guide = openEndpoint('open', {
  method: 'GET',
  path: '/docs/:guide',
  id: 'guide',
  summary: 'A guide, of the version that answers',
  description:
    'A page for browsers; the same as Markdown where `.md` is put behind its name. Files that the guides tell to take are beside them.',
  conditional: true,
  replies: fileReplies('The guide.', 'text/html; charset=utf-8', {
    [MARKDOWN]: z.string(),
    'application/json': z.string(),
    'text/plain; charset=utf-8': z.string(),
  }),
  refusals: ['not_found'],
  async handle({ env, ifNoneMatch, params }) {
    const name = params.guide ?? '';
    if (!GUIDE.test(name)) return { rejection: reject('not_found', NO_PAGE) };
    return staticFile(env, `docs.${name.includes('.') ? name : `${name}.html`}`, ifNoneMatch, POLICY);
  },
});

const reference = openEndpoint('open', {
  method: 'GET',
  path: '/docs/reference',
  id: 'reference',
  summary: 'Every operation on one page',
  description: 'This document, drawn.',
  conditional: true,
  replies: fileReplies('The page.', 'text/html; charset=utf-8'),
  handle: ({ env, ifNoneMatch }) => staticFile(env, 'docs.reference.html', ifNoneMatch, REFERENCE_POLICY),
});

const file = openEndpoint('open', {
  method: 'GET',
  path: '/docs/assets/:file',
  id: 'docsFile',
  summary: 'A style or script of the guides',
  description: 'Under a name that is never given to other bytes.',
  conditional: true,
  replies: fileReplies('The file.', 'text/css; charset=utf-8', {
    'text/javascript; charset=utf-8': z.string(),
  }),
  refusals: ['not_found'],
  async handle({ env, ifNoneMatch, params }) {
    const name = params.file ?? '';
    if (!FILE.test(name)) return { rejection: reject('not_found', 'There is no such file.') };
    return staticFile(env, name, ifNoneMatch);
  },
});

const list = openEndpoint('open', {
  method: 'GET',
  path: '/llms.txt',
  id: 'guides',
  summary: 'What there is to read, for programs',
  description: 'A list of the guides as Markdown. Source: llmstxt.org.',
  conditional: true,
  replies: fileReplies('The list.', 'text/plain; charset=utf-8'),
  handle: ({ env, ifNoneMatch }) => staticFile(env, 'llms.txt', ifNoneMatch),
});

/** The guides where the service runs. */
export const DOCS_ROUTES: readonly Endpoint[] = [start, file, reference, guide, list];
