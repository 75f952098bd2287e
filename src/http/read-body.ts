import { type Rejection, reject } from '../domain/base/rejection';
import { Leases } from '../services/leases';
import { Gathered } from './gathered';
import type { HeldBody } from './held-bodies';
import { BODY_PACE, type Pace, Silence } from './silence';

/** A request's body as it came, before it is parsed. */
export type RawBody = Uint8Array;

/** Whoever a body is read for: lets go of it once its request is answered. */
export interface BodyHolder {
  hold(body: HeldBody): void;
}

const NOTHING: RawBody = new Uint8Array();

/** What is read of a body that is too large (bytes), so that a sender who writes before it reads gets its answer. */
const DRAINED = 8_388_608;
/** What is read at once of what is only drained (bytes). */
const ROOM = 65_536;
/** A body that says it is no larger (bytes) is asked for whole: taken piece by piece it costs half as much again. */
const SMALL = 4_096;
/** What may be on its way of such bodies (bytes): beyond it each is taken piece by piece, and counted for its sender. */
const ALL_SMALL = 1_048_576;
/** How long one counts that nobody ends (ms): it is given up before. */
const LEASE = 60_000;

const small = { bytes: 0, coming: new Leases<{ bytes: number }>(LEASE) };

/**
 * The whole body, of at most `maxBytes`; else why not. A larger one is read to its end all the same, up to 8 MiB, and
 * one that brings no byte for `silence` ms or is not all there in `longest` is given up, as is a small one after `silence`.
 * It counts among those of `sender` until `holder` lets go of it.
 */
export async function readBody(
  request: Request,
  maxBytes: number,
  sender: string,
  holder: BodyHolder,
  pace = BODY_PACE,
): Promise<RawBody | Rejection> {
  const declared = Number(request.headers.get('Content-Length') ?? 0);
  if (declared > DRAINED) {
    await request.body?.cancel();
    return tooLarge(maxBytes);
  }
  if (request.body === null) return NOTHING;
  if (declared > 0 && declared <= SMALL && roomForSmall(declared)) {
    return readSmall(request, declared, maxBytes, pace);
  }
  let reader: Reader = request.body.getReader();
  const silent = new Silence(pace.silence, () => void reader.cancel().catch(() => undefined), pace.longest);
  const gathered = new Gathered(maxBytes, sender);
  const { held } = gathered;
  let kept = false;
  try {
    const isWhole = await gather(reader, gathered, maxBytes, silent);
    if (!isWhole && !held.dropped) {
      reader.releaseLock();
      reader = request.body.getReader({ mode: 'byob' });
      gathered.spill(ROOM);
      await drain(reader, DRAINED - gathered.size, held, silent);
    }
    if (held.dropped) {
      void reader.cancel().catch(() => undefined);
      return tooMany();
    }
    if (silent.over) return tooSlow(pace);
    if (!isWhole) return tooLarge(maxBytes);
    held.end();
    holder.hold(held);
    kept = true;
    return gathered.bytes;
  } catch {
    return BROKEN_OFF;
  } finally {
    silent.end();
    if (!kept) held.letGo();
  }
}

const BROKEN_OFF = reject('invalid_request', 'The body broke off.');

/** A body that had to give way. */
export function tooMany(): Rejection {
  return reject(
    'overloaded',
    'Too much is being read, and this body was the oldest of its sender. Send it again.',
  );
}

function tooSlow({ silence, longest }: Pace): Rejection {
  const [none, all] = [silence / 1_000, longest / 1_000];
  return reject(
    'request_timeout',
    `Nothing of the body came for ${none} s, or not all of it within ${all} s.`,
  );
}

function roomForSmall(declared: number): boolean {
  for (const { bytes } of small.coming.over()) small.bytes -= bytes;
  return small.bytes + declared <= ALL_SMALL;
}

async function readSmall(
  request: Request,
  declared: number,
  maxBytes: number,
  pace: Pace,
): Promise<RawBody | Rejection> {
  const late = Promise.withResolvers<Rejection>();
  const silent = new Silence(pace.silence, () => {
    late.resolve(reject('request_timeout', `The body did not come within ${pace.silence / 1_000} s.`));
  });
  const own = { bytes: declared };
  small.coming.begin(own);
  small.bytes += declared;
  try {
    const read = await Promise.race([request.arrayBuffer(), late.promise]);
    if ('code' in read) return read;
    return read.byteLength > maxBytes ? tooLarge(maxBytes) : new Uint8Array(read);
  } catch {
    return BROKEN_OFF;
  } finally {
    if (small.coming.end(own)) small.bytes -= declared;
    silent.end();
  }
}

type Reader = ReadableStreamDefaultReader<Uint8Array> | ReadableStreamBYOBReader;

/** Whether the body ends before it is larger than it may be, or has to give way. */
async function gather(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  gathered: Gathered,
  maxBytes: number,
  silent: Silence,
): Promise<boolean> {
  while (gathered.size <= maxBytes && !gathered.held.dropped) {
    const { done, value } = await reader.read();
    if (done) return true;
    silent.heard();
    gathered.add(value);
  }
  return false;
}

/** Reads on to the end, or about `most` bytes, all of them into one buffer: nothing of them is kept. */
async function drain(
  reader: ReadableStreamBYOBReader,
  most: number,
  held: HeldBody,
  silent: Silence,
): Promise<void> {
  let room = new Uint8Array(ROOM);
  for (let drained = 0; drained <= most && !held.dropped; ) {
    const { done, value } = await reader.read(room);
    if (done) return;
    silent.heard();
    drained += value.byteLength;
    room = new Uint8Array(value.buffer);
  }
  await reader.cancel();
}

export function tooLarge(maxBytes: number): Rejection {
  return reject('body_too_large', `The body is over ${maxBytes} bytes.`);
}
