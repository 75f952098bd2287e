import * as z from 'zod';
import { limitChangeSchema, limitsSchema } from '../../domain/access/limits';
import { isOrganizationId } from '../../domain/access/organization';
import { SHARD_LIMIT } from '../../domain/access/shards';
import { DELETION_STEPS, STANDINGS } from '../../domain/access/standing';
import { traceFields } from '../../domain/audit/trace-fields';
import { text } from '../../domain/base/text';

/** The shapes in which organizations are made, changed and shown. */

const time = z.iso.datetime();
const name = text(200, 1);

export const createOrganizationSchema = z
  .strictObject({
    organization_id: z
      .string()
      .refine(isOrganizationId, { error: 'must be 1 to 40 of a-z, 0-9 and -, not beginning with -' })
      .meta({ pattern: '^[a-z0-9][a-z0-9-]{0,39}$' }),
    name,
  })
  .meta({ id: 'CreateOrganization' });

export const changeOrganizationSchema = z
  .strictObject({
    name: name.optional(),
    external_id: text(200, 1).nullable().optional().meta({
      description:
        'The id that the provider of sessions has for it: its members there are members here. Unique; null for none.',
    }),
    limits: limitChangeSchema.optional(),
    shards: z.int().min(1).max(SHARD_LIMIT).optional().meta({
      description:
        'Over how many shards of the index new jobs are spread: as many as there are, or more. Nothing is moved; new jobs come to new shards two minutes later.',
    }),
  })
  .refine((body) => Object.values(body).some((value) => value !== undefined), {
    error: 'must name something to change',
  })
  .meta({ id: 'ChangeOrganization' });

const listedOrganization = z
  .object({
    organization_id: z.string(),
    name: z.string(),
    created_at: time,
    external_id: z.string().nullable(),
    status: z.enum(STANDINGS),
    suspended_at: time.nullable(),
  })
  .meta({ id: 'ListedOrganization' });

export const organizationList = z
  .object({ organizations: z.array(listedOrganization), next_cursor: z.string().nullable() })
  .meta({ id: 'OrganizationList' });

const count = z.int().min(0);

const deletion = z
  .object({
    requested_at: time,
    requested_by: z.object(traceFields).nullable().meta({
      description:
        'The request that asked for it first. The audit of what is deleted goes with it, this stays.',
    }),
    finished_at: time.nullable(),
    step: z.enum(DELETION_STEPS),
    deleted: z
      .object({ webhooks: count, hooks: count, jobs: count })
      .meta({ description: 'How many are gone so far.' }),
  })
  .meta({ id: 'OrganizationDeletion' });

export const organization = listedOrganization
  .extend({
    limits: limitsSchema.nullable().meta({ description: 'Null once it is being deleted.' }),
    shards: z.int().min(1).max(SHARD_LIMIT).nullable().meta({
      description: 'How many shards its index has. Null once it is being deleted.',
    }),
    deletion: deletion.nullable(),
  })
  .meta({ id: 'Organization' });

export const verifiedIndex = z
  .object({
    checked: count.meta({ description: 'Jobs that were asked.' }),
    late: count.meta({ description: 'Those that had still to publish something, which was taken.' }),
    mended: z
      .object({ missing: count, stale: count, ghost: count })
      .meta({ description: 'Entries that were not there, not what their job is, or of no job.' }),
    next_cursor: z.string().nullable(),
  })
  .meta({ id: 'VerifiedIndex' });
