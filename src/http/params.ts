import * as z from 'zod';

/** A page size: above 100 is read as 100. */
export const limitParam = z
  .string()
  .regex(/^0*[1-9]\d*$/, { error: 'must be an integer of at least 1' })
  .transform((text) => Math.min(Number(text), 100))
  .meta({ type: 'integer', minimum: 1, description: 'Above 100 is read as 100.' });

/** A time of RFC 3339, read as ms since 1970. */
export const timeParam = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));

export const cursorParam = z.string().optional().meta({ description: 'The next_cursor of the page before.' });
