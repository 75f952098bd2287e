import * as z from 'zod';
import { PERMISSIONS } from '../../domain/access/permission';

/** The shapes in which keys are shown. */

const time = z.iso.datetime();

export const createdBy = z
  .object({ type: z.enum(['key', 'member']), id: z.string() })
  .nullable()
  .meta({ description: 'Null where the operator made it, or nobody knows.' });

export const key = z
  .object({
    key_id: z.string(),
    name: z.string(),
    permissions: z.array(z.enum(PERMISSIONS)),
    job_types: z.array(z.string()).nullable().meta({ description: 'The types of its jobs; null for all.' }),
    expires_at: time.nullable(),
    created_at: time,
    created_by: createdBy,
    last_used_at: time.nullable().meta({ description: 'The hour in which it was last used.' }),
    older_secret_until: time
      .nullable()
      .meta({ description: 'Until when the secret before its last rotation opens it too.' }),
    revoked_at: time.nullable(),
  })
  .meta({ id: 'ApiKey' });
export const newKey = key
  .extend({ api_key: z.string().meta({ description: 'Shown once.' }) })
  .meta({ id: 'NewApiKey' });
export const keyList = z
  .object({ keys: z.array(key), next_cursor: z.string().nullable() })
  .meta({ id: 'ApiKeyList' });

const ids = z.array(z.string());
export const revokedKey = z
  .object({
    made: z.object({ keys: ids, webhooks: ids, hooks: ids }).meta({
      description: 'What the key made, and the keys that it made: their ids.',
    }),
    taken_along: z.boolean().meta({ description: 'Whether it is gone now; else it is still there.' }),
  })
  .meta({ id: 'RevokedKey' });
