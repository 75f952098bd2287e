import { expect, it } from 'vitest';
import { readBody } from '../../src/http/read-body';

const LIMIT = 1_000;
const MEBIBYTE = 1_048_576;

/** A request whose body is made piece by piece, and how many of them were taken. */
function requestOf(pieces: (Uint8Array | null)[], headers: Record<string, string> = {}) {
  const tally = { read: 0, cancelled: false };
  const body = new ReadableStream(
    {
      type: 'bytes',
      async pull(controller: ReadableByteStreamController) {
        const piece = pieces[tally.read];
        if (piece === null) return new Promise(() => undefined);
        tally.read += 1;
        if (piece === undefined) controller.close();
        else controller.enqueue(piece.slice());
      },
      cancel() {
        tally.cancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  return { request: new Request('https://headway.test', { method: 'POST', body, headers }), tally };
}

it('a body in pieces is the whole of them', async () => {
  const { request } = requestOf([new Uint8Array([1]), new Uint8Array([2, 3]), new Uint8Array(997)]);
  const whole = (await readBody(request, LIMIT)) as Uint8Array;
  expect([whole.byteLength, ...whole.subarray(0, 3)]).toEqual([1_000, 1, 2, 3]);
});

it('a body over the limit is read to its end before the answer, so that its sender is there to read it', async () => {
  const { request, tally } = requestOf(Array(5).fill(new Uint8Array(MEBIBYTE)));
  expect(await readBody(request, LIMIT)).toMatchObject({ code: 'body_too_large' });
  expect(tally).toEqual({ read: 6, cancelled: false });
});

it('no more than 8 MiB of it are read', async () => {
  const { request, tally } = requestOf(Array(50).fill(new Uint8Array(MEBIBYTE)));
  expect(await readBody(request, LIMIT)).toMatchObject({ code: 'body_too_large' });
  expect(tally).toEqual({ read: 9, cancelled: true });
});

it('nothing is read of one that says it is larger', async () => {
  const { request, tally } = requestOf([new Uint8Array(10)], { 'Content-Length': String(8 * MEBIBYTE + 1) });
  expect(await readBody(request, LIMIT)).toMatchObject({ code: 'body_too_large' });
  expect(tally.read).toBe(0);
});

it.each(['-1', 'x', '', '1e99', '0x10', '5'])(
  'a Content-Length of %j is believed in nothing',
  async (length) => {
    const { request } = requestOf([new Uint8Array(LIMIT)], { 'Content-Length': length });
    const read = await readBody(request, LIMIT);
    expect('code' in read ? read.code : read.byteLength).toBe(length === '1e99' ? 'body_too_large' : LIMIT);
  },
);

it('a body that brings nothing is given up', async () => {
  for (const pieces of [[null], [new Uint8Array(10), null]]) {
    const { request, tally } = requestOf(pieces);
    expect(await readBody(request, LIMIT, 30)).toMatchObject({ code: 'request_timeout' });
    expect(tally.cancelled).toBe(true);
  }
});

it('a body that says it is small is given up if it is not all there in time', async () => {
  for (const pieces of [[null], [new Uint8Array(10), null]]) {
    const { request } = requestOf(pieces, { 'Content-Length': '20' });
    expect(await readBody(request, LIMIT, 30)).toMatchObject({ code: 'request_timeout' });
  }
});

it('a body that says it is small and is not is held to the limit', async () => {
  const { request } = requestOf([new Uint8Array(LIMIT), new Uint8Array(1)], { 'Content-Length': '20' });
  expect(await readBody(request, LIMIT)).toMatchObject({ code: 'body_too_large' });
});

it('a body that breaks off is told so, whatever it says of its size', async () => {
  for (const headers of [{}, { 'Content-Length': '20' }]) {
    const body = new ReadableStream({ pull: (controller) => controller.error(new Error('gone')) });
    const request = new Request('https://headway.test', { method: 'POST', body, headers });
    expect(await readBody(request, LIMIT)).toMatchObject({ code: 'invalid_request' });
  }
});

it('a body that comes slowly, but comes, is waited for', async () => {
  const body = new ReadableStream<Uint8Array>({
    async start(controller) {
      for (let piece = 0; piece < 10; piece++) {
        await scheduler.wait(30);
        controller.enqueue(new Uint8Array(10));
      }
      controller.close();
    },
  });
  const read = await readBody(new Request('https://headway.test', { method: 'POST', body }), LIMIT, 150);
  expect('code' in read ? read : read.byteLength).toBe(100);
});
