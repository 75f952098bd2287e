import * as z from 'zod';
import { text } from '../base/text';
import { LAST_INSTANT } from '../base/time';
import { JOB_TYPE_LENGTH } from '../job/job-type';
import { KEY_TYPES_LIMIT } from './api-key';
import { PERMISSIONS } from './permission';
import { PRESETS, permissionsOfPreset } from './preset';
import { rotationSchema } from './rotation';

const permissions = z
  .array(z.enum(PERMISSIONS))
  .min(1)
  .transform((given) => [...new Set(given)]);
const preset = z.enum(PRESETS).meta({
  description:
    'In place of permissions: worker (job:create, job:read), viewer (job:read), operator (job:create, job:read, job:cancel), admin (all).',
});
const job_types = z
  .array(text(JOB_TYPE_LENGTH, 1))
  .min(1)
  .max(KEY_TYPES_LIMIT)
  .transform((given) => [...new Set(given)])
  .nullable()
  .meta({
    description:
      'There are jobs of these types alone for it; null for all. Not with webhook:manage, key:manage or audit:read.',
  });
const expires_at = z.iso
  .datetime({ offset: true })
  .refine((written) => !(Date.parse(written) > LAST_INSTANT), {
    error: 'must be before the year 10000 in UTC',
  })
  .transform((written) => Date.parse(written))
  .nullable()
  .meta({ description: 'RFC 3339, before the year 10000 in UTC; null for a key that does not expire.' });

const optional = {
  permissions: permissions.optional(),
  preset: preset.optional(),
  job_types: job_types.optional(),
  expires_at: expires_at.optional(),
};

/** The body of `POST /api/keys`. */
export const createKeySchema = z
  .strictObject({ name: text(200, 1), ...optional })
  .superRefine((body, ctx) => {
    if (body.permissions === undefined && body.preset === undefined)
      ctx.addIssue({
        code: 'custom',
        path: ['permissions'],
        message: 'is required, or a preset in its place',
      });
    refuseBoth(body, ctx);
  })
  .transform(({ preset, ...body }) => {
    const { permissions = preset === undefined ? [] : permissionsOfPreset(preset) } = body;
    return {
      name: body.name,
      permissions,
      job_types: body.job_types ?? null,
      expires_at: body.expires_at ?? null,
    };
  })
  .meta({ id: 'CreateKey' });

/** The body of `PATCH /api/keys/{key_id}`: what is absent stays. */
export const changeKeySchema = z
  .strictObject({ name: text(200, 1).optional(), ...optional })
  .superRefine(refuseBoth)
  .transform(({ preset, ...change }) => ({
    ...change,
    ...(preset === undefined ? {} : { permissions: permissionsOfPreset(preset) }),
  }))
  .meta({ id: 'ChangeKey' });

/** The body of `POST /api/keys/{key_id}/rotate`. */
export const rotateKeySchema = rotationSchema('the secret before opens the key too').meta({
  id: 'RotateKey',
});

function refuseBoth(
  body: { permissions?: unknown; preset?: unknown },
  ctx: { addIssue(issue: { code: 'custom'; path: string[]; message: string }): void },
): void {
  if (body.permissions !== undefined && body.preset !== undefined)
    ctx.addIssue({
      code: 'custom',
      path: ['preset'],
      message: 'stands in place of permissions, not beside them',
    });
}
