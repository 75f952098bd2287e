import * as z from 'zod';
import { mappingSchema } from './hook-mapping';
import { verificationSchema } from './verification';

/** The body of `POST /api/hooks`. */
export const createHookSchema = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, {
        error: 'must be 1 to 40 of a-z, 0-9 and -, not beginning with -',
      })
      .meta({ description: 'A part of the URL, so it stays.' }),
    verification: verificationSchema,
    mapping: mappingSchema,
  })
  .meta({ id: 'CreateHook' });

/** The body of `PATCH /api/hooks/{hook_id}`: what is given takes the place of what was. */
export const updateHookSchema = z
  .strictObject({ verification: verificationSchema.nullish(), mapping: mappingSchema.nullish() })
  .meta({ id: 'UpdateHook' });
