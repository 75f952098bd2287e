import * as z from 'zod';
import { reject } from '../domain/base/rejection';
import { type Endpoint, openEndpoint } from './endpoint';
import { FILE_HEADERS, staticFile } from './static-file';

/** The page’s own script and style, and its own service: nothing inline, nothing of another host. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

const PAGE = 'dashboard.html';
/** The files beside the page, whose names change with what is in them. */
const FILE = /^dashboard\.[0-9a-f]{16}\.(?:js|css)$/;
/** The address of a page is its own: what its query says, its script reads. */
const anyQuery = z.looseObject({});

const pageReplies = {
  200: {
    description: 'The page.',
    schema: z.string(),
    contentType: 'text/html; charset=utf-8',
    headers: FILE_HEADERS,
  },
  304: { description: 'The reader holds this page already.', headers: FILE_HEADERS },
};

const home = openEndpoint('open', {
  method: 'GET',
  path: '/',
  hidden: true,
  id: 'home',
  summary: 'The way to the dashboard',
  description: 'A browser is sent to the dashboard; for a program nothing is here.',
  query: anyQuery,
  replies: { 303: { description: 'The dashboard.', headers: { Location: '`/ui/`' } } },
  refusals: ['not_found'],
  async handle({ incoming }) {
    if (!/\btext\/html\b/i.test(incoming.headers.get('Accept') ?? '')) {
      return {
        rejection: reject(
          'not_found',
          'Nothing is here. The API is below /api/, its description at /openapi.json.',
        ),
      };
    }
    return { status: 303, body: null, headers: { Location: '/ui/', Vary: 'Accept' } };
  },
});

const page = openEndpoint('open', {
  method: 'GET',
  path: '/ui',
  id: 'dashboard',
  summary: 'The dashboard',
  description: 'A page for browsers over this API, for whoever signs in with a key.',
  conditional: true,
  query: anyQuery,
  replies: pageReplies,
  handle: ({ env, ifNoneMatch }) => staticFile(env, PAGE, ifNoneMatch, POLICY),
});

const pageBelow = openEndpoint('open', {
  method: 'GET',
  path: '/ui/:page',
  takesRest: true,
  id: 'dashboardPage',
  summary: 'A page of the dashboard',
  description: 'The same page at every address of its own; its script reads which is meant.',
  conditional: true,
  query: anyQuery,
  replies: pageReplies,
  handle: ({ env, ifNoneMatch }) => staticFile(env, PAGE, ifNoneMatch, POLICY),
});

const file = openEndpoint('open', {
  method: 'GET',
  path: '/ui/assets/:file',
  id: 'dashboardFile',
  summary: 'A script or style of the dashboard',
  description: 'Under a name that is never given to other bytes.',
  conditional: true,
  replies: {
    200: {
      description: 'The file.',
      schema: z.string(),
      contentType: 'text/javascript; charset=utf-8',
      otherwise: { 'text/css; charset=utf-8': z.string() },
      headers: FILE_HEADERS,
    },
    304: { description: 'The reader holds this file already.', headers: FILE_HEADERS },
  },
  refusals: ['not_found'],
  async handle({ env, ifNoneMatch, params }) {
    const name = params.file ?? '';
    if (!FILE.test(name)) return { rejection: reject('not_found', 'There is no such file.') };
    return staticFile(env, name, ifNoneMatch);
  },
});

/** The dashboard. It asks nothing that the API does not give to everyone. */
export const DASHBOARD_ROUTES: readonly Endpoint[] = [home, file, page, pageBelow];
