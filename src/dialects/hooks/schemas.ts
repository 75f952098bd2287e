import * as z from 'zod';
import { HOOK_ACTIONS } from '../../domain/hook/hook-mapping';
import { SCHEMES } from '../../domain/hook/verification';
import { SKIP_REASONS } from '../../domain/job/transition';

/** The shapes that the hooks' routes answer. */

const time = z.iso.datetime();

const mapping = z.object({
  action: z.enum(HOOK_ACTIONS),
  from: z.record(z.string(), z.string()),
  set: z.record(z.string(), z.unknown()),
});

export const hookResponse = z
  .object({
    hook_id: z.string(),
    name: z.string(),
    url: z.url().meta({ description: 'Where the sender posts to. Its last part is a secret.' }),
    verification: z
      .looseObject({ scheme: z.enum(SCHEMES) })
      .meta({ description: 'Without its secret; with hmac the whole description.' }),
    mapping,
    created_at: time,
    updated_at: time,
  })
  .meta({ id: 'Hook' });
export type HookResponse = z.output<typeof hookResponse>;

export const hookListResponse = z.object({ hooks: z.array(hookResponse) }).meta({ id: 'HookList' });

export const receivedResponse = z
  .object({
    action: z.enum(HOOK_ACTIONS),
    job_id: z.uuid(),
    applied: z.boolean().meta({ description: 'Of a replay: what it was at first.' }),
    reason: z.enum(SKIP_REASONS).optional(),
    applied_revision: z.int().min(1),
    replayed: z.boolean(),
  })
  .meta({ id: 'HookReceipt' });
export type Received = z.output<typeof receivedResponse>;

export const tryResponse = z
  .object({
    action: z.enum(HOOK_ACTIONS),
    body: z.record(z.string(), z.unknown()).meta({ description: 'The body of the creation or the report.' }),
    job_id: z
      .string()
      .nullable()
      .meta({ description: 'The job a report is for, where the payload names it.' }),
    job_key: z.string().nullable().meta({ description: 'The Idempotency-Key that job was created with.' }),
    same_by: z.enum(['idempotency_key', 'delivery_id', 'digest']).meta({
      description: 'What makes two deliveries one and the same.',
    }),
    idempotency_key: z.string().nullable(),
  })
  .meta({ id: 'HookTrial' });

export const arrivalsResponse = z
  .object({
    arrivals: z.array(
      z.object({
        at: time,
        verdict: z.enum(['applied', 'replayed', 'skipped', 'ignored', 'handshake', 'refused']),
        status: z.int().meta({ description: 'The HTTP status of the answer.' }),
        code: z.string().nullable().meta({
          description:
            'Why it was skipped or refused: a code, or signature_missing, signature_wrong, timestamp_missing, timestamp_outside_tolerance, id_missing behind a 404.',
        }),
        detail: z.string().nullable(),
        errors: z.array(z.object({ path: z.string(), message: z.string() })),
        job_id: z.uuid().nullable(),
        delivery_id: z.string().nullable().meta({ description: 'The delivery’s id, where it is signed.' }),
      }),
    ),
  })
  .meta({ id: 'HookArrivals' });
