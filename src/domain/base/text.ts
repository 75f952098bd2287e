import * as z from 'zod';

/** Longest free text kept, in code points; what is longer is shortened, never refused. Source: behaviour §2. */
export const TEXT_LIMIT = 4_000;
/** What is kept of a longer one: its head, `…`, and its tail, since a cause stands at the end. */
const HEAD = 1_000;
/** Hexadecimal digits that tell two names apart that were cut alike. Source: behaviour §2. */
const FINGERPRINT = 16;

/** Number of characters (code points) of `text`. */
export function characters(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/** Whether `text` has more than `most` characters; a long one is not counted to its end. */
export function isLonger(text: string, most: number): boolean {
  return text.length > most && (text.length > most * 2 || characters(text) > most);
}

/** `text` shortened in its middle to `most` characters. */
export function shorten(text: string, most = TEXT_LIMIT): string {
  if (!isLonger(text, most)) return text;
  const head = Math.floor((most * HEAD) / TEXT_LIMIT);
  return `${firstOf(text, head)}…${lastOf(text, most - head - 1)}`;
}

/** `text` cut to `most` characters, the last of them `…` where something was cut. */
export function cut(text: string, most: number): string {
  return isLonger(text, most) ? `${firstOf(text, most - 1)}…` : text;
}

/** A name cut to `most` characters: the last of them are `…` and what tells it apart from others that are cut alike. */
export function cutApart(text: string, most: number): string {
  return isLonger(text, most) ? `${firstOf(text, most - 1 - FINGERPRINT)}…${fingerprint(text)}` : text;
}

/** 64 bits that tell texts apart, as hex: two lanes of FNV-1a over UTF-16, mixed. It resists chance, not an adversary. */
export function fingerprint(text: string): string {
  let [low, high] = [0x811c9dc5, 0x9747b28c];
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    low = Math.imul(low ^ unit, 0x01000193);
    high = Math.imul(high ^ unit ^ (low >>> 15), 0x85ebca6b);
  }
  return `${mixed(high ^ text.length)}${mixed(low ^ high)}`;
}

/** A string of `least` to `most` characters, counted as code points. */
export function text(most: number, least = 0) {
  return z
    .string()
    .refine((value) => !isLonger(value, most), { error: `must have at most ${most} characters` })
    .refine((value) => least === 0 || characters(value) >= least, {
      error: `must have at least ${least} character${least === 1 ? '' : 's'}`,
    })
    .meta({ maxLength: most, ...(least === 0 ? {} : { minLength: least }) });
}

function firstOf(text: string, count: number): string {
  return Array.from(text.slice(0, count * 2))
    .slice(0, count)
    .join('');
}

function lastOf(text: string, count: number): string {
  const end = text.slice(-count * 2);
  // A slice may begin within a character.
  const points = Array.from(/^[\udc00-\udfff]/.test(end) ? end.slice(1) : end);
  return points.slice(-count).join('');
}

function mixed(lane: number): string {
  const half = Math.imul(lane ^ (lane >>> 16), 0x7feb352d);
  const whole = Math.imul(half ^ (half >>> 15), 0x846ca68b);
  return ((whole ^ (whole >>> 16)) >>> 0).toString(16).padStart(8, '0');
}
