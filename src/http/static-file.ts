import type { Env } from '../config';
import { reject } from '../domain/base/rejection';
import { DIGESTED, digestTag, isHeld, REVALIDATED } from './conditional';
import type { Reply } from './endpoint';
import type { Refused } from './problem';

/** Files that are served as they were built. Source: the binding `ASSETS`, which gives their bytes alone. */

/** What a file is, by the end of its name. */
const TYPES: Record<string, string> = {
  conf: 'text/plain; charset=utf-8',
  css: 'text/css; charset=utf-8',
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  json: 'application/json',
  mjs: 'text/javascript; charset=utf-8',
  md: 'text/markdown; charset=utf-8',
  py: 'text/x-python; charset=utf-8',
  service: 'text/plain; charset=utf-8',
  svg: 'image/svg+xml',
  txt: 'text/plain; charset=utf-8',
  tgz: 'application/gzip',
  woff2: 'font/woff2',
};
/** A name with a digest in it is never given to other bytes. */
const HASHED = /[.-][0-9a-f]{8,64}\.\w+$/;
const IMMUTABLE = 'public, max-age=31536000, immutable';
/** Nothing that is no page is shown as one. */
const NO_PAGE = "default-src 'none'; frame-ancestors 'none'";

/** What OpenAPI is told of a file. */
export const FILE_HEADERS = DIGESTED;

/** The content type of a file. */
export function fileType(name: string): string {
  return TYPES[name.split('.').pop() ?? ''] ?? 'application/octet-stream';
}

/** The tags of the files that this isolate has served: each is digested once. */
const tags = new Map<string, string>();

/** The file, or a 304 where the reader holds it; what was not built is a 404. A page has a `policy` of its own. */
export async function staticFile(
  env: Pick<Env, 'ASSETS'>,
  name: string,
  ifNoneMatch: string | null,
  policy = NO_PAGE,
): Promise<Reply | Refused> {
  const known = tags.get(name);
  if (known !== undefined && isHeld(ifNoneMatch, known)) {
    return { status: 304, body: null, headers: headersOf(name, known, policy) };
  }
  const file = await env.ASSETS.fetch(`https://assets/${name}`);
  if (!file.ok) return { rejection: reject('not_found', 'This deployment was built without that file.') };
  const body = await file.arrayBuffer();
  const tag = known ?? (await digestTag(body));
  tags.set(name, tag);
  const headers = headersOf(name, tag, policy);
  return isHeld(ifNoneMatch, tag) ? { status: 304, body: null, headers } : { status: 200, body, headers };
}

function headersOf(name: string, ETag: string, policy: string): Record<string, string> {
  return {
    ETag,
    'Content-Type': fileType(name),
    'Cache-Control': HASHED.test(name) ? IMMUTABLE : REVALIDATED,
    'Content-Security-Policy': policy,
  };
}
