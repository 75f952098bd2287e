import { afterEach, expect, it, vi } from 'vitest';
import { BODIES, type HeldBody } from '../../src/http/held-bodies';
import { readBody } from '../../src/http/read-body';
import { BODY_PACE, type Pace } from '../../src/http/silence';

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

const held: HeldBody[] = [];
afterEach(() => {
  for (const body of held.splice(0)) body.letGo();
  expect(BODIES.bytes).toBe(0);
});

function read(request: Request, pace: Partial<Pace> = {}, sender = 'somebody', limit = LIMIT) {
  const holder = { hold: (body: HeldBody) => void held.push(body) };
  return readBody(request, limit, sender, holder, { ...BODY_PACE, ...pace });
}

it('a body in pieces is the whole of them', async () => {
  const { request } = requestOf([new Uint8Array([1]), new Uint8Array([2, 3]), new Uint8Array(997)]);
  const whole = (await read(request)) as Uint8Array;
  expect([whole.byteLength, ...whole.subarray(0, 3)]).toEqual([1_000, 1, 2, 3]);
});

it('a body over the limit is read to its end before the answer, so that its sender is there to read it', async () => {
  const { request, tally } = requestOf(Array(5).fill(new Uint8Array(MEBIBYTE)));
  expect(await read(request)).toMatchObject({ code: 'body_too_large' });
  expect(tally).toEqual({ read: 6, cancelled: false });
});

it('no more than 8 MiB of it are read', async () => {
  const { request, tally } = requestOf(Array(50).fill(new Uint8Array(MEBIBYTE)));
  expect(await read(request)).toMatchObject({ code: 'body_too_large' });
  expect(tally).toEqual({ read: 9, cancelled: true });
});

it('nothing is read of one that says it is larger', async () => {
  const { request, tally } = requestOf([new Uint8Array(10)], { 'Content-Length': String(8 * MEBIBYTE + 1) });
  expect(await read(request)).toMatchObject({ code: 'body_too_large' });
  expect(tally.read).toBe(0);
});

it.each(['-1', 'x', '', '1e99', '0x10', '5'])(
  'a Content-Length of %j is believed in nothing',
  async (length) => {
    const { request } = requestOf([new Uint8Array(LIMIT)], { 'Content-Length': length });
    const whole = await read(request);
    expect('code' in whole ? whole.code : whole.byteLength).toBe(
      length === '1e99' ? 'body_too_large' : LIMIT,
    );
  },
);

it('a body that brings nothing is given up', async () => {
  for (const pieces of [[null], [new Uint8Array(10), null]]) {
    const { request, tally } = requestOf(pieces);
    expect(await read(request, { silence: 30 })).toMatchObject({ code: 'request_timeout' });
    expect(tally.cancelled).toBe(true);
  }
});

it('a body that says it is small is given up if it is not all there in time', async () => {
  for (const pieces of [[null], [new Uint8Array(10), null]]) {
    const { request } = requestOf(pieces, { 'Content-Length': '20' });
    expect(await read(request, { silence: 30 })).toMatchObject({ code: 'request_timeout' });
  }
});

it('a body that says it is small and is not is held to the limit', async () => {
  const { request } = requestOf([new Uint8Array(LIMIT), new Uint8Array(1)], { 'Content-Length': '20' });
  expect(await read(request)).toMatchObject({ code: 'body_too_large' });
});

it('a body that breaks off is told so, whatever it says of its size', async () => {
  for (const headers of [{}, { 'Content-Length': '20' }]) {
    const body = new ReadableStream({ pull: (controller) => controller.error(new Error('gone')) });
    const request = new Request('https://headway.test', { method: 'POST', body, headers });
    expect(await read(request)).toMatchObject({ code: 'invalid_request' });
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
  const whole = await read(new Request('https://headway.test', { method: 'POST', body }), { silence: 150 });
  expect('code' in whole ? whole : whole.byteLength).toBe(100);
});

it('a body that comes, a byte now and then, is given up in the end', async () => {
  let timer: ReturnType<typeof setInterval>;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      timer = setInterval(() => controller.enqueue(new Uint8Array(1)), 20);
    },
    cancel: () => clearInterval(timer),
  });
  const request = new Request('https://headway.test', { method: 'POST', body });
  const began = Date.now();
  const answer = await read(request, { silence: 100, longest: 300 });
  expect(answer).toMatchObject({ code: 'request_timeout' });
  expect(Date.now() - began).toBeLessThan(1_000);
});

/** A body that stays open: what is sent of it comes at once, and once nobody reads it goes nowhere. */
function openBody(pace: Partial<Pace> = {}, sender = 'somebody', headers: Record<string, string> = {}) {
  let open: ReadableStreamDefaultController<Uint8Array> | null = null;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      open = controller;
    },
    cancel() {
      open = null;
    },
  });
  const request = new Request('https://headway.test', { method: 'POST', body, headers });
  const answer = read(request, pace, sender, 8 * MEBIBYTE);
  return {
    answer,
    send: (bytes: number) => open?.enqueue(new Uint8Array(bytes)),
    end: () => open?.close(),
  };
}

it('bodies that are held open take a sender’s share and no more, and who sends others is let in', async () => {
  const attack = Array.from({ length: 40 }, () => openBody({ silence: 1_000 }, 'attacker'));
  for (const { send } of attack) for (let n = 0; n < 8; n++) send(128 * 1_024 - 1);
  const refused = await Promise.all(attack.slice(0, 28).map(({ answer }) => answer));
  for (const answer of refused) expect(answer).toMatchObject({ code: 'overloaded' });
  await vi.waitUntil(() => BODIES.bytes > 11 * MEBIBYTE);
  expect(BODIES.bytes).toBeLessThanOrEqual(12 * MEBIBYTE);
  const other = openBody({}, 'other');
  other.send(5 * MEBIBYTE);
  other.send(2 * MEBIBYTE);
  other.end();
  expect(await other.answer).toHaveProperty('byteLength', 7 * MEBIBYTE);
  // The youngest kept its place.
  attack.at(-1)?.end();
  expect(await attack.at(-1)?.answer).toHaveProperty('byteLength', 8 * (128 * 1_024 - 1));
  await Promise.all(attack.map(({ answer }) => answer));
});

it('a body counts until its request is answered', async () => {
  const { answer, send, end } = openBody();
  send(MEBIBYTE);
  end();
  await answer;
  expect(BODIES.bytes).toBeGreaterThanOrEqual(MEBIBYTE);
});

it('bodies that say they are small are counted for their sender too, where there are many', async () => {
  const small = { 'Content-Length': '4096' };
  const many = Array.from({ length: 266 }, () => openBody({ silence: 300 }, 'attacker', small));
  for (const { send } of many) send(1);
  await vi.waitUntil(() => BODIES.bytes > 0);
  expect(BODIES.bytes).toBe(10 * 4_096);
  for (const { answer } of many) expect(await answer).toMatchObject({ code: 'request_timeout' });
});
