/** What a file is served as follows from its name. */
import { describe, expect, it } from 'vitest';
import { staticFile } from '../../src/http/static-file';

const BYTES = new Uint8Array([0, 255, 128]);
const asked: string[] = [];
const env = {
  ASSETS: {
    async fetch(input: RequestInfo | URL) {
      const name = new URL(String(input)).pathname.slice(1);
      asked.push(name);
      return name === 'gone.js' ? new Response(null, { status: 404 }) : new Response(BYTES);
    },
  },
};

async function served(name: string, ifNoneMatch: string | null = null) {
  const reply = await staticFile(env, name, ifNoneMatch);
  if ('rejection' in reply) throw new Error(reply.rejection.code);
  return reply;
}

describe('a file', () => {
  it.each([
    ['headway.js', 'text/javascript; charset=utf-8'],
    ['headway.mjs', 'text/javascript; charset=utf-8'],
    ['headway.tgz', 'application/gzip'],
    ['index.html', 'text/html; charset=utf-8'],
    ['app.css', 'text/css; charset=utf-8'],
    ['strange.bin', 'application/octet-stream'],
  ])('%s is %s, and asked about before each use', async (name, type) => {
    const { status, headers, body } = await served(name);
    expect([status, headers?.['Content-Type'], headers?.['Cache-Control']]).toEqual([
      200,
      type,
      'private, no-cache',
    ]);
    expect(new Uint8Array(body as ArrayBuffer)).toEqual(BYTES);
  });

  it.each(['app-3f9c1a20.js', 'app.3f9c1a20de.css'])('%s is never given to other bytes', async (name) => {
    const { headers } = await served(name);
    expect(headers?.['Cache-Control']).toBe('public, max-age=31536000, immutable');
  });

  it('is not fetched for a reader that holds it', async () => {
    const { headers } = await served('held.js');
    const before = asked.length;
    const again = await served('held.js', headers?.ETag ?? '');
    expect([again.status, again.body, asked.length]).toEqual([304, null, before]);
  });

  it('that was not built is a 404', async () => {
    expect(await staticFile(env, 'gone.js', null)).toMatchObject({ rejection: { code: 'not_found' } });
  });
});
