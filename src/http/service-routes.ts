import * as z from 'zod';
import { type Endpoint, jsonReply, openEndpoint } from './endpoint';
import { FILE_HEADERS, staticFile } from './static-file';

const health = openEndpoint('open', {
  method: 'GET',
  path: '/healthz',
  id: 'health',
  summary: 'Whether the service answers',
  description: 'It asks no object: what is away behind the service does not show here.',
  replies: { 200: { description: 'It does.', schema: z.object({ status: z.literal('ok') }) } },
  async handle() {
    return jsonReply(200, { status: 'ok' });
  },
});

const description = openEndpoint('open', {
  method: 'GET',
  path: '/openapi.json',
  id: 'openapi',
  summary: 'This description, OpenAPI 3.1',
  description: 'Of the version that answers.',
  replies: {
    200: {
      description: 'The description.',
      schema: z.record(z.string(), z.unknown()),
      headers: FILE_HEADERS,
    },
  },
  handle: ({ env, ifNoneMatch }) => staticFile(env, 'openapi.json', ifNoneMatch),
});

const python = openEndpoint('open', {
  method: 'GET',
  path: '/headway.py',
  id: 'pythonClient',
  summary: 'The client for Python, one file',
  description:
    'Of the version that answers: `curl -O https://your-host/headway.py`. It needs Python 3.9 alone.',
  conditional: true,
  replies: {
    200: {
      description: 'The file.',
      schema: z.string(),
      contentType: 'text/x-python; charset=utf-8',
      headers: FILE_HEADERS,
    },
    304: { description: 'The reader holds this file already.', headers: FILE_HEADERS },
  },
  handle: ({ env, ifNoneMatch }) => staticFile(env, 'headway.py', ifNoneMatch),
});

/** What is neither a tenant's nor the operator's. No credential, no object. */
export const SERVICE_ROUTES: readonly Endpoint[] = [health, description, python];
