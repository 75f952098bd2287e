import * as z from 'zod';
import { type Endpoint, jsonReply, openEndpoint } from './endpoint';
import { FILE_HEADERS, fileType, staticFile } from './static-file';

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

/** A file of the version that answers, as it was built: the same for everyone, so for any page. */
function file(
  name: string,
  doc: Pick<Endpoint, 'id' | 'summary' | 'description'>,
  schema: z.ZodType,
): Endpoint {
  return openEndpoint('open', {
    ...doc,
    method: 'GET',
    path: `/${name}`,
    conditional: true,
    forAnyPage: true,
    replies: {
      200: { description: 'The file.', schema, contentType: fileType(name), headers: FILE_HEADERS },
      304: { description: 'The reader holds this file already.', headers: FILE_HEADERS },
    },
    handle: ({ env, ifNoneMatch }) => staticFile(env, name, ifNoneMatch),
  });
}

const BYTES = z.string().meta({ format: 'binary' });

const FILES: readonly Endpoint[] = [
  file(
    'openapi.json',
    {
      id: 'openapi',
      summary: 'This description, OpenAPI 3.1',
      description: 'Of the version that answers, with an example of each operation and programs that ask it.',
    },
    z.record(z.string(), z.unknown()),
  ),
  file(
    'headway.py',
    {
      id: 'pythonClient',
      summary: 'The client for Python, one file',
      description:
        'Of the version that answers: `curl -O https://your-host/headway.py`. It needs Python 3.9 alone.',
    },
    z.string(),
  ),
  file(
    'headway.mjs',
    {
      id: 'commandLine',
      summary: 'The command line, one file for Node 20 or newer',
      description:
        'Of the version that answers: `curl -O https://your-host/headway.mjs`, then `node headway.mjs help`.',
    },
    z.string(),
  ),
  file(
    'headway.tgz',
    {
      id: 'npmPackage',
      summary: 'The client for TypeScript and JavaScript, a package of npm',
      description: 'Of the version that answers: `npm install https://your-host/headway.tgz`.',
    },
    BYTES,
  ),
  file(
    'headway.js',
    {
      id: 'browserClient',
      summary: 'The client for pages, one module',
      description:
        'Of the version that answers: `import { Headway } from "https://your-host/headway.js"`, on a page of any origin.',
    },
    z.string(),
  ),
  file(
    'headway-job.js',
    {
      id: 'jobElement',
      summary: 'An element that shows a job as it moves, one module',
      description:
        'Of the version that answers: load it by `<script type="module" src="https://your-host/headway-job.js">`, on a page of any origin, and write `<headway-job src="https://your-host/api/jobs/{id}" token="hwt_…">`, with a token of scope `read`.',
    },
    z.string(),
  ),
];

/** What is neither a tenant's nor the operator's. No credential, no object. */
export const SERVICE_ROUTES: readonly Endpoint[] = [health, ...FILES];
