/** A request as bytes of HTTP/1.1: as it should be, in chunks, or as no client sends it. */
import type { Random } from '../../test/support/random.ts';
import { oneOf } from './values.ts';

export interface Request {
  method: string;
  target: string;
  /** In order; a name may stand twice. */
  headers: [name: string, value: string][];
  /** Null for none. */
  body: Buffer | null;
}

export interface Framed {
  bytes: Buffer;
  /** What is odd about it; null where it is as it should be. The runtime may answer what is odd in its own way, or hang up. */
  odd: string | null;
  /** The sender hangs up its own side after it. */
  over: boolean;
}

/** As it should be: with a length, or in chunks. */
export function framed(request: Request, random: Random): Framed {
  const { body } = request;
  if (body === null) return { bytes: head(request, []), odd: null, over: false };
  if (random.chance(0.9)) return { bytes: withLength(request, String(body.length)), odd: null, over: false };
  return { bytes: inChunks(request, chunksOf(body, random)), odd: null, over: false };
}

type Oddity = (request: Request, body: Buffer, random: Random) => Buffer;

const withHeader = (request: Request, name: string, value: string): Request => ({
  ...request,
  headers: [...request.headers, [name, value]],
});

const ODDITIES: Record<string, Oddity> = {
  'a length that is too small': (request, body) => withLength(request, String(body.length >> 1)),
  'a length that is too large': (request, body) => withLength(request, String(body.length + 10)),
  'a length that is none': (request, _, random) =>
    withLength(request, random.pick(['-1', 'x', '1e3', '+5', '5, 5', '', '99999999999999999999'])),
  'two lengths': (request, body) =>
    withLength(withHeader(request, 'Content-Length', String(body.length + 1)), String(body.length)),
  'a length and chunks': (request, body, random) =>
    inChunks(withHeader(request, 'Content-Length', String(body.length)), chunksOf(body, random)),
  'chunks that are none': (request, _, random) =>
    inChunks(
      request,
      Buffer.from(random.pick(['zz\r\n{}\r\n0\r\n\r\n', '-1\r\n\r\n', '5\r\n{}', '2\r\n{}GARBAGE', '\r\n'])),
    ),
  'chunks without an end': (request, body) =>
    inChunks(
      request,
      Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from('\r\n')]),
    ),
  'a coding that nobody knows': (request, body) =>
    Buffer.concat([head(request, [['Transfer-Encoding', 'gzip, x']]), body]),
  'two hosts': (request, body) => withLength(withHeader(request, 'Host', 'other'), String(body.length)),
  'two credentials': (request, body) =>
    withLength(withHeader(request, 'Authorization', 'Bearer hw_other_x'), String(body.length)),
  'two types': (request, body) =>
    withLength(withHeader(request, 'Content-Type', 'text/plain'), String(body.length)),
  'two keys': (request, body) =>
    withLength(
      withHeader(withHeader(request, 'Idempotency-Key', 'a'), 'Idempotency-Key', 'b'),
      String(body.length),
    ),
  'two organizations': (request, body) =>
    withLength(
      withHeader(withHeader(request, 'X-Organization-ID', 'a'), 'X-Organization-ID', 'b'),
      String(body.length),
    ),
  'a header without a name': (request, body) => withLength(withHeader(request, '', 'x'), String(body.length)),
  'a header with a NUL': (request, body) =>
    withLength(withHeader(request, 'X-Y', 'a\0b'), String(body.length)),
  'a folded header': (request, body) =>
    withLength(withHeader(request, 'X-Y', 'a\r\n b'), String(body.length)),
  'a header of 20 KB': (request, body) =>
    withLength(withHeader(request, 'X-Y', 'x'.repeat(20_000)), String(body.length)),
  '500 headers': (request, body) => {
    const headers = Array.from({ length: 500 }, (_, n): [string, string] => [`X-${n}`, '1']);
    return withLength({ ...request, headers: [...request.headers, ...headers] }, String(body.length));
  },
  'no host': (request, body) => {
    const headers = request.headers.filter(([name]) => name !== 'Host');
    return withLength({ ...request, headers }, String(body.length));
  },
  // Not CONNECT: workerd answers it by a 500 of its own (ADR 20).
  'an odd method': (request, body, random) => {
    const method = random.pick(['TRACE', 'PURGE', 'get', 'G E T', 'PROPFIND', '', 'X'.repeat(300)]);
    return withLength({ ...request, method }, String(body.length));
  },
  'an absolute target': (request, body) =>
    withLength({ ...request, target: `http://other${request.target}` }, String(body.length)),
  'a target with a fragment': (request, body) =>
    withLength({ ...request, target: `${request.target}#x` }, String(body.length)),
  'a target that is cut': (request, body) =>
    withLength({ ...request, target: `${request.target}%` }, String(body.length)),
  'no version': (request) => Buffer.from(`${request.method} ${request.target}\r\n\r\n`, 'latin1'),
  'bare line feeds': (request, body) =>
    Buffer.from(
      withLength(request, String(body.length)).toString('latin1').replaceAll('\r\n', '\n'),
      'latin1',
    ),
  'no HTTP': (_, __, random) => Buffer.from(Array.from({ length: 60 }, () => random.between(0, 255))),
};

/** As no client sends it. */
export function oddlyFramed(request: Request, random: Random): Framed {
  const [odd, frame] = oneOf(random, Object.entries(ODDITIES));
  return { bytes: frame(request, request.body ?? Buffer.alloc(0), random), odd, over: true };
}

function head({ method, target, headers }: Request, more: [string, string][]): Buffer {
  const lines = [...headers, ...more].map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`${method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n`);
}

function withLength(request: Request, length: string): Buffer {
  return Buffer.concat([head(request, [['Content-Length', length]]), request.body ?? Buffer.alloc(0)]);
}

function inChunks(request: Request, chunks: Buffer): Buffer {
  return Buffer.concat([head(request, [['Transfer-Encoding', 'chunked']]), chunks]);
}

function chunksOf(body: Buffer, random: Random): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < body.length; ) {
    const size = Math.min(body.length - at, random.pick([1, 7, 1_000, 65_536]));
    parts.push(Buffer.from(`${size.toString(16)}\r\n`), body.subarray(at, at + size), Buffer.from('\r\n'));
    at += size;
    if (parts.length > 300) {
      const rest = body.subarray(at);
      if (rest.length > 0)
        parts.push(Buffer.from(`${rest.length.toString(16)}\r\n`), rest, Buffer.from('\r\n'));
      break;
    }
  }
  return Buffer.concat([...parts, Buffer.from('0\r\n\r\n')]);
}
