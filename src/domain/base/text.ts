import * as z from 'zod';

/** Longest free text kept, in code points; what is longer is cut, never refused. Source: behaviour §2. */
export const TEXT_LIMIT = 4_000;

/** Number of characters (code points) of `text`. */
export function characters(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/** `text` cut to `TEXT_LIMIT` characters, the last of them `…` where something was cut. */
export function clip(text: string): string {
  if (text.length <= TEXT_LIMIT) return text;
  const points = Array.from(text);
  return points.length <= TEXT_LIMIT ? text : `${points.slice(0, TEXT_LIMIT - 1).join('')}…`;
}

/** A string of `least` to `most` characters, counted as code points. */
export function text(most: number, least = 0) {
  return z
    .string()
    .refine((value) => value.length <= most || characters(value) <= most, {
      error: `must have at most ${most} characters`,
    })
    .refine((value) => least === 0 || characters(value) >= least, {
      error: `must have at least ${least} character${least === 1 ? '' : 's'}`,
    })
    .meta({ maxLength: most, ...(least === 0 ? {} : { minLength: least }) });
}
