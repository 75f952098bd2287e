import * as z from 'zod';
import { rotationSchema } from '../access/rotation';
import type { FieldError } from '../base/rejection';
import { type Mapping, mappingSchema, toMapping } from './hook-mapping';
import { customsOf, toVerification, type Verification, verificationSchema } from './verification';

/**
 * How long a hook's object waits for its organization to list it (ms) before it gives itself up. The organization lists none
 * that was made half as long ago.
 */
export const HOOK_MAKING_LIFE = 60_000;

/** What is wrong with a mapping beside how deliveries are proven, though each is sound by itself; null where they fit. */
export function misfitOf(verification: Verification, { once }: Mapping): FieldError | null {
  const { proof } = customsOf(verification);
  if (once?.by !== 'id' || (proof.by === 'signature' && proof.id_header !== null)) return null;
  const message = `id is the delivery’s id where that is signed; ${verification.scheme} signs none: say header:Its-Name or a JSON Pointer`;
  return { path: 'mapping.once.by', message };
}

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
  .superRefine(({ verification, mapping }, ctx) => {
    const misfit = misfitOf(toVerification(verification), toMapping(mapping));
    if (misfit === null) return;
    ctx.addIssue({ code: 'custom', path: misfit.path.split('.'), message: misfit.message });
  })
  .meta({ id: 'CreateHook' });
export type CreateHook = z.output<typeof createHookSchema>;

/** The body of `PATCH /api/hooks/{hook_id}`: what is given takes the place of what was. */
export const updateHookSchema = z
  .strictObject({ verification: verificationSchema.nullish(), mapping: mappingSchema.nullish() })
  .meta({ id: 'UpdateHook' });

/** The body of `POST /api/hooks/{hook_id}/rotate`. */
export const rotateHookSchema = rotationSchema('the URL before is served too').meta({ id: 'RotateHook' });
