import * as z from 'zod';
import { text } from '../../../domain/base/text';
import { STATUSES } from '../../../domain/job/job';
import { JOB_TYPE_LENGTH } from '../../../domain/job/job-type';
import { WEBHOOK_STATES } from '../../../domain/webhook/first-answer';
import { FORMATS } from '../../../domain/webhook/formats/format';
import { faultsOf, OWN_HEADERS } from '../../../domain/webhook/own-headers';
import {
  ATTEMPT_ERRORS,
  DELIVERY_STATUSES,
  DISABLE_REASONS,
  WEBHOOK_TYPES,
} from '../../../domain/webhook/webhook';
import { createdBy } from '../../operator/key-schemas';

/** What is said about webhook endpoints and their deliveries. */

const time = z.iso.datetime();

const eventTypes = z
  .array(z.enum(WEBHOOK_TYPES))
  .min(1)
  .transform((types) => [...new Set(types)])
  .nullable()
  .meta({ description: 'Null for all.' });
const jobTypes = z
  .array(text(JOB_TYPE_LENGTH, 1))
  .min(1)
  .max(100)
  .transform((types) => [...new Set(types)])
  .nullable()
  .meta({ description: 'Null for all.' });
const statuses = z
  .array(z.enum(STATUSES))
  .min(1)
  .transform((given) => [...new Set(given)])
  .nullable()
  .meta({ description: 'Events of jobs in these statuses alone; null for all.' });
const format = z.enum(FORMATS).meta({
  description: 'The event itself (standard), or a line for people as Slack, Discord, Teams or ntfy takes it.',
});
const headers = z
  .record(z.string(), z.string())
  .superRefine((given, ctx) => {
    for (const { name, message } of faultsOf(given))
      ctx.addIssue({ code: 'custom', path: name === '' ? [] : [name], message });
  })
  .nullable()
  .meta({
    description: `Up to ${OWN_HEADERS} headers sent with each delivery, never shown again. Null for none.`,
  });
const url = z.string().meta({ description: 'https, to a named host.', maxLength: 2_048 });

const settings = {
  event_types: eventTypes.optional(),
  job_types: jobTypes.optional(),
  statuses: statuses.optional(),
  format: format.optional(),
  headers: headers.optional(),
  description: text(200).nullable().optional(),
  enabled: z.boolean().optional(),
};

export const createWebhookSchema = z.strictObject({ url, ...settings }).meta({ id: 'CreateWebhook' });
export const changeWebhookSchema = z
  .strictObject({ url: url.optional(), ...settings })
  .meta({ id: 'ChangeWebhook' });

export const webhook = z
  .object({
    webhook_id: z.string(),
    url: z.string(),
    event_types: z.array(z.enum(WEBHOOK_TYPES)).nullable(),
    job_types: z.array(z.string()).nullable(),
    statuses: z.array(z.enum(STATUSES)).nullable(),
    format,
    header_names: z
      .array(z.string())
      .meta({ description: 'Of its own headers, whose values are not shown.' }),
    description: z.string().nullable(),
    enabled: z.boolean(),
    state: z.enum(WEBHOOK_STATES).meta({
      description:
        'Unanswered until its host has answered endpoint.test by a 2xx: its events wait in the feed meanwhile.',
    }),
    disabled_at: time.nullable().meta({ description: 'When it was disabled, by whomever.' }),
    disabled_reason: z.enum(DISABLE_REASONS).nullable().meta({
      description:
        'Why the service did: it answered 410, nothing but failures for five days, or never its first endpoint.test. Null where its owner did.',
    }),
    created_at: time,
    created_by: createdBy,
  })
  .meta({ id: 'Webhook' });
export const newWebhook = webhook
  .extend({ secret: z.string().meta({ description: 'Shown once: whsec_…' }) })
  .meta({ id: 'NewWebhook' });
export const webhookList = z
  .object({ webhooks: z.array(webhook), next_cursor: z.string().nullable() })
  .meta({ id: 'WebhookList' });

const attempt = z
  .object({
    at: time,
    status: z.number().int().nullable().meta({ description: 'Of HTTP; null without an answer in time.' }),
    duration_ms: z.number().int(),
    error: z.enum(ATTEMPT_ERRORS).nullable(),
    answer: z.string().meta({ description: 'Its first KiB.' }),
  })
  .meta({ id: 'DeliveryAttempt' });

const sent = z
  .object({
    url: z.string().meta({ description: 'Without its query.' }),
    format,
    headers: z.record(z.string(), z.string()).meta({
      description: 'The endpoint’s own, and the signature, are … here.',
    }),
    bytes: z.number().int().meta({ description: 'Of the whole body.' }),
    body: z.string().meta({ description: 'Its first 4 KiB.' }),
  })
  .meta({
    id: 'DeliverySent',
    description: 'What the newest attempt sent; null where nothing was, or where that was not kept yet.',
  });

export const delivery = z
  .object({
    delivery_id: z.string(),
    event_id: z.string().meta({ description: 'The webhook-id header: the same at every attempt.' }),
    event_type: z.string(),
    job_id: z.string().nullable(),
    revision: z.number().int().nullable(),
    status: z.enum(DELIVERY_STATUSES),
    queued_at: time,
    next_attempt_at: time.nullable(),
    attempts: z.array(attempt).meta({ description: 'Oldest first, the newest 20.' }),
    sent: sent.nullable(),
  })
  .meta({ id: 'Delivery' });
export const deliveryList = z
  .object({ deliveries: z.array(delivery), next_cursor: z.string().nullable() })
  .meta({ id: 'DeliveryList' });
