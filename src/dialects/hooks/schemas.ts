import * as z from 'zod';
import { ADJUST_REASONS } from '../../domain/base/adjustment';
import { HOOK_ACTIONS } from '../../domain/hook/hook-mapping';
import { SIGNATURE_FAULTS } from '../../domain/hook/read-claim';
import { sourceSchema } from '../../domain/hook/source';
import { SCHEMES } from '../../domain/hook/verification';
import { SKIP_REASONS } from '../../domain/job/transition';
import { createdBy } from '../operator/key-schemas';

/** The shapes that the hooks' routes answer. */

const time = z.iso.datetime();

const mapping = z.object({
  action: z.enum(HOOK_ACTIONS),
  from: z.record(z.string(), sourceSchema),
  set: z.record(z.string(), z.unknown()),
  when: z.array(z.looseObject({})).optional(),
  each: z.string().optional(),
  once: z.object({ by: z.string(), within: z.int().optional() }).optional(),
  answer: z.literal('line').optional(),
});

export const hookResponse = z
  .object({
    hook_id: z.string(),
    name: z.string(),
    url: z.url().meta({ description: 'Where the sender posts to. Its last part is a secret.' }),
    older_url_until: time
      .nullable()
      .meta({ description: 'Until when the URL before the last rotation is served too.' }),
    verification: z
      .looseObject({ scheme: z.enum(SCHEMES) })
      .meta({ description: 'Without its secret; with hmac the whole description.' }),
    mapping,
    created_at: time,
    created_by: createdBy,
    updated_at: time,
  })
  .meta({ id: 'Hook' });
export type HookResponse = z.output<typeof hookResponse>;

export const hookListResponse = z
  .object({ hooks: z.array(hookResponse), next_cursor: z.string().nullable() })
  .meta({ id: 'HookList' });

const toldFields = {
  adjusted: z
    .array(z.object({ path: z.string(), reason: z.enum(ADJUST_REASONS) }))
    .optional()
    .meta({
      description: 'What of the mapped body is kept otherwise than it came; an empty path is the payload.',
    }),
  ignored: z
    .array(z.object({ path: z.string(), message: z.string() }))
    .optional()
    .meta({ description: 'What stood beside an end and could not be taken.' }),
};

const received = z
  .object({
    action: z.enum(HOOK_ACTIONS),
    job_id: z.uuid().nullable(),
    applied: z.boolean().meta({ description: 'Of a replay: what it was at first.' }),
    reason: z
      .enum([...SKIP_REASONS, 'ignored'])
      .optional()
      .meta({ description: 'ignored: not what `when` asks for.' }),
    applied_revision: z.int().min(1).nullable(),
    replayed: z.boolean(),
    ...toldFields,
  })
  .meta({ id: 'HookReceipt' });
export type Received = z.output<typeof received>;

const refusal = z
  .object({
    applied: z.literal(false),
    status: z.int(),
    code: z.string(),
    detail: z.string(),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: 'HookItemRefusal' });

export const receivedResponse = z.union([
  received,
  z
    .object({ verdicts: z.array(z.union([received, refusal])) })
    .meta({ id: 'HookVerdicts', description: 'Where each item of an array is mapped.' }),
]);

export const tryResponse = z
  .object({
    action: z.enum(HOOK_ACTIONS),
    ignored: z
      .boolean()
      .meta({ description: 'Whether it would pass without effect: by `when`, or as a handshake.' }),
    handshake: z.boolean().meta({ description: 'Whether it is its sender’s question, which is answered.' }),
    sender: z
      .enum(['proven', ...SIGNATURE_FAULTS])
      .nullable()
      .meta({
        description:
          'What its headers prove of it; null where the URL would have to, or a header that is yours.',
      }),
    body: z.record(z.string(), z.unknown()).meta({ description: 'The body of the creation or the report.' }),
    job_id: z
      .string()
      .nullable()
      .meta({ description: 'The job a report is for, whether it is there or not.' }),
    job_key: z.string().nullable().meta({ description: 'The Idempotency-Key that job was created with.' }),
    same_by: z.enum(['idempotency_key', 'delivery_id', 'digest', 'once', 'nothing']).meta({
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
        content_type: z.string().nullable().meta({ description: 'The type it came with.' }),
        items: z
          .record(z.string(), z.int())
          .optional()
          .meta({ description: 'Where each item of an array is mapped: how many came to which verdict.' }),
        ...toldFields,
      }),
    ),
    counts: z
      .object({
        applied: z.int(),
        replayed: z.int(),
        skipped: z.int(),
        ignored: z.int(),
        handshake: z.int(),
        refused: z.int(),
      })
      .meta({ description: 'All deliveries by verdict, ever since they are counted.' }),
    next_cursor: z.string().nullable(),
    dropped: z
      .int()
      .min(1)
      .optional()
      .meta({ description: 'Arrivals behind the cursor that newer ones have pushed out since.' }),
  })
  .meta({ id: 'HookArrivals' });
