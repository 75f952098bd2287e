import * as z from 'zod';
import { isPlace } from './source';

/** Longest time within which a repeat is known (s). */
const LONGEST = 2_592_000;

/**
 * What makes two deliveries one and the same. `by` is `body` (its bytes), `id` (the signed one), `header:Its-Name`, a
 * pointer, or `nothing`. With `within` (s) only as long after the first, else as long as the job.
 */
export interface Once {
  by: string;
  within?: number;
}

export const onceSchema = z
  .strictObject({
    by: z.string().refine((by) => ['body', 'id', 'nothing'].includes(by) || isPlace(by), {
      error: 'must be body, id, nothing, header:Its-Name or a JSON Pointer',
    }),
    within: z
      .int()
      .min(1)
      .max(LONGEST)
      .nullish()
      .meta({ description: 'Seconds. Default: as long as the job.' }),
  })
  .superRefine(({ by, within }, ctx) => {
    if (by === 'nothing' && within != null) {
      ctx.addIssue({ code: 'custom', path: ['within'], message: 'must not come with nothing' });
    }
  })
  .meta({ id: 'HookOnce' });

export function toOnce({ by, within }: z.output<typeof onceSchema>): Once {
  return within == null ? { by } : { by, within };
}

/** What a hook does that says nothing of it: a body that repeats by nature is the same for ten minutes. */
export const BY_NATURE: Once = { by: 'body', within: 600 };
