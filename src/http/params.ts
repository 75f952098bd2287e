import * as z from 'zod';
import { readQueryTime, readTime } from '../domain/base/time';

/** A page size: above 100 is read as 100. */
export const limitParam = z
  .string()
  .regex(/^0*[1-9]\d*$/, { error: 'must be an integer of at least 1' })
  .transform((text) => Math.min(Number(text), 100))
  .meta({ type: 'integer', minimum: 1, description: 'Above 100 is read as 100.' });

/** A time as programs write it, read as ms since 1970. */
export const timeParam = timeIn(z.string());
/** The same in a body, where it may be a number. */
export const timeField = timeIn(z.union([z.string(), z.number()]));

function timeIn(written: z.ZodType<string | number>) {
  return written
    .transform((time, ctx) => {
      const at = typeof time === 'string' ? readQueryTime(time) : readTime(time);
      if (at !== null) return at;
      ctx.addIssue({ code: 'custom', message: 'must be a time: of RFC 3339, or since 1970 in s or ms' });
      return z.NEVER;
    })
    .meta({
      description:
        'RFC 3339, or as programs write it: a day alone, without seconds or offset (UTC), or s or ms since 1970.',
    });
}

export const cursorParam = z.string().optional().meta({ description: 'The next_cursor of the page before.' });

/** The longest wait that can be asked for (s). */
const LONGEST_WAIT = 60;
/** Proxies cut a connection after a round number of seconds: a wait is over before the one that was asked for. */
const OVER_AT = 0.9;
/** Seconds after which a wait is answered. */
const seconds = z
  .string()
  .regex(/^\d+$/, { error: 'must be a whole number of seconds' })
  .transform((text) => Math.min(Number(text), LONGEST_WAIT) * OVER_AT);

/** What makes a GET of a list a long poll. */
export const waitParam = seconds.optional().meta({
  type: 'integer',
  minimum: 0,
  description: 'Waits for news, for nine tenths of so many seconds; above 60 is read as 60.',
});

/** What makes a GET of a job a long poll. */
export const waitParams = {
  wait: seconds.optional().meta({
    type: 'integer',
    minimum: 0,
    description:
      'Answers when the job is past the revision `after`, when nothing can follow (a cancelled job: once it is acknowledged or its five minutes are over), or after nine tenths of so many seconds; above 60 is read as 60.',
  }),
  after: z
    .string()
    .regex(/^\d{1,15}$/, { error: 'must be a revision' })
    .transform(Number)
    .optional()
    .meta({
      type: 'integer',
      minimum: 0,
      description: 'The revision known; by default that of If-None-Match, else the one on arrival.',
    }),
  until: z.literal('terminal').optional().meta({ description: 'Waits for the end alone.' }),
};
