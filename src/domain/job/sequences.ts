import { fingerprint } from '../base/text';
import { DAY } from '../base/time';

/**
 * The last applied sequence of each reporter, packed in the order in which they last spoke, the one silent longest first.
 * Each is 22 bytes: 64 bits that stand for its name, the sequence, and when it came (ms). Never changed in place.
 */
export type Sequences = Uint8Array;

export const NO_SEQUENCES: Sequences = new Uint8Array();
/** Reporters that a job knows. Source: behaviour §2, "Exactly once, in order". */
export const REPORTER_LIMIT = 1_000;

const BYTES = 22;
const SEQUENCE = 8;
const TIME = 16;
const HIGH = 2 ** 32;

/** The last applied sequence of a reporter; undefined where it is not known. */
export function lastSequence(sequences: Sequences, reporter: string): number | undefined {
  const at = placeOf(sequences, reporter);
  if (at === null) return undefined;
  const view = viewOf(sequences);
  return view.getUint32(at + SEQUENCE) * HIGH + view.getUint32(at + SEQUENCE + 4);
}

/**
 * The same with the sequence that a reporter has reached at `now` (ms). Where there is no room the one silent longest gives
 * way, if that has been for a day; null where it has not.
 */
export function withSequence(
  sequences: Sequences,
  reporter: string,
  sequence: number,
  now: number,
): Sequences | null {
  const known = placeOf(sequences, reporter);
  const isFull = known === null && sequences.byteLength >= REPORTER_LIMIT * BYTES;
  if (isFull && now - oldest(sequences) < DAY) return null;
  const out = known ?? 0;
  const rest = known !== null || isFull ? out + BYTES : out;
  return append([sequences.subarray(0, out), sequences.subarray(rest)], reporter, sequence, now);
}

/** When the one that is silent longest has spoken (ms). */
function oldest(sequences: Sequences): number {
  const view = viewOf(sequences);
  return view.getUint16(TIME) * HIGH + view.getUint32(TIME + 2);
}

function append(kept: readonly Uint8Array[], reporter: string, sequence: number, now: number): Sequences {
  const end = kept.reduce((sum, part) => sum + part.byteLength, 0);
  const bytes = new Uint8Array(end + BYTES);
  let at = 0;
  for (const part of kept) {
    bytes.set(part, at);
    at += part.byteLength;
  }
  const view = viewOf(bytes);
  const [first, second] = nameOf(reporter);
  view.setUint32(end, first);
  view.setUint32(end + 4, second);
  view.setUint32(end + SEQUENCE, Math.floor(sequence / HIGH));
  view.setUint32(end + SEQUENCE + 4, sequence % HIGH);
  view.setUint16(end + TIME, Math.floor(now / HIGH));
  view.setUint32(end + TIME + 2, now % HIGH);
  return bytes;
}

/** Where a reporter stands; those that spoke last are looked at first. */
function placeOf(sequences: Sequences, reporter: string): number | null {
  const [first, second] = nameOf(reporter);
  const view = viewOf(sequences);
  for (let at = sequences.byteLength - BYTES; at >= 0; at -= BYTES) {
    if (view.getUint32(at) === first && view.getUint32(at + 4) === second) return at;
  }
  return null;
}

function nameOf(reporter: string): [number, number] {
  const name = fingerprint(reporter);
  return [Number.parseInt(name.slice(0, 8), 16), Number.parseInt(name.slice(8), 16)];
}

function viewOf({ buffer, byteOffset, byteLength }: Sequences): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
