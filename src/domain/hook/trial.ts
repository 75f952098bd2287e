import * as z from 'zod';
import { text } from '../base/text';
import { createHookSchema } from './hook';

/** The most headers that a delivery is tried with, and the longest value of one. */
const MOST_HEADERS = 100;
const VALUE_LIMIT = 8_192;

/** A name as HTTP has it. Source: RFC 9110, 5.6.2. */
const name = z
  .string()
  .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/, { error: 'must be the name of a header' });
/** What a header can hold: no control but a tab, nothing beyond Latin-1. */
const value = text(VALUE_LIMIT).regex(/^[\t\x20-\x7e\x80-\xff]*$/, {
  error: 'must be what a header can hold',
});

/** The body of `POST /api/hooks/test`: a hook that is not made, and a delivery to it. */
export const trialSchema = z
  .strictObject({
    hook: createHookSchema,
    body: z
      .string()
      .nullish()
      .meta({ description: 'What the sender would send, as text: JSON or a form. Empty by default.' }),
    headers: z
      .record(name, value)
      .refine((headers) => Object.keys(headers).length <= MOST_HEADERS, {
        error: `must have at most ${MOST_HEADERS} entries`,
      })
      .nullish()
      .meta({ description: 'The headers that it would come with, its signature among them.' }),
  })
  .meta({ id: 'TryHook' });
