import * as z from 'zod';
import { DAY, SECOND } from '../base/time';

/** The longest that what was before a rotation is good beside the new one, and how long it is by default (s). */
const LONGEST_GRACE = (7 * DAY) / SECOND;
const GRACE = DAY / SECOND;

/** The body of a rotation, read as the grace of what was before (ms). `says` is what that is good for meanwhile. */
export function rotationSchema(says: string) {
  const description = `Seconds for which ${says}; ${GRACE} by default, ${LONGEST_GRACE} at most.`;
  return z
    .strictObject({ grace_period: z.int().min(0).max(LONGEST_GRACE).nullish().meta({ description }) })
    .transform(({ grace_period }) => (grace_period ?? GRACE) * SECOND);
}
