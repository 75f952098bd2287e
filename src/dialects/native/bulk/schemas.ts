import * as z from 'zod';
import { byteLength, isObject } from '../../../domain/base/json';
import { BULK_IDS, BULK_TYPES } from '../../../domain/job/bulk';
import { timeField } from '../../../http/params';
import { filterFields, withoutEmpty } from '../jobs/list-filter';

/** A filter's bytes as JSON: it is kept with its job. */
const FILTER_BYTES = 16_384;
/** The longest that an id is read: none that was made here is longer. */
const ID_LENGTH = 64;

const named = z
  .strictObject({
    ...filterFields,
    created_after: timeField.optional(),
    created_before: timeField.optional(),
  })
  .superRefine((value, ctx) => {
    if (Object.keys(value).length === 0)
      ctx.addIssue({ code: 'custom', message: 'must name something: no filter is for all jobs' });
    if (byteLength(JSON.stringify(value)) > FILTER_BYTES)
      ctx.addIssue({ code: 'custom', message: `must be at most ${FILTER_BYTES} bytes as JSON` });
  })
  .meta({ id: 'BulkFilter', description: 'As the list’s, its lists as arrays. It must name something.' });
const filter = z.preprocess((sent) => (isObject(sent) ? withoutEmpty(sent) : sent), named);

const what = {
  filter: filter.optional(),
  job_ids: z.array(z.string().min(1).max(ID_LENGTH)).min(1).max(BULK_IDS).optional(),
  dry_run: z
    .boolean()
    .optional()
    .meta({ default: false, description: 'Answers the count alone, and does nothing.' }),
};

/** Exactly one of the two says which jobs. */
function oneOf<Shape extends z.ZodRawShape>(shape: Shape, id: string) {
  return z
    .strictObject({ ...what, ...shape })
    .superRefine((body, ctx) => {
      const { filter: some, job_ids } = body as { filter?: unknown; job_ids?: unknown };
      if ((some === undefined) === (job_ids === undefined))
        ctx.addIssue({
          code: 'custom',
          path: ['filter'],
          message: 'is required, or job_ids, and never both',
        });
    })
    .meta({ id });
}

export const bulkCancelSchema = oneOf(
  { reason: z.string().optional().meta({ description: 'The same for all.' }) },
  'BulkCancel',
);
export const bulkRerunSchema = oneOf({ items: z.enum(['all', 'failed']).optional() }, 'BulkRerun');
export const bulkDeleteSchema = oneOf({}, 'BulkDelete');

export const bulkCount = z
  .object({
    count: z.int().min(0),
    at_least: z.boolean().meta({
      description:
        'There may be more: a filter is counted up to 10,000 jobs or so, and through some 100,000 that it passes over in each shard, of many tags 20,000.',
    }),
  })
  .meta({ id: 'BulkCount' });

export const bulkHandle = z
  .object({
    job_id: z.uuid(),
    job_type: z.enum(BULK_TYPES),
    total_items: z.int().min(0).meta({ description: 'How many jobs it takes in, as far as that is known.' }),
    links: z.object({ job: z.string(), stream: z.string(), errors: z.string(), cancel: z.string() }),
  })
  .meta({ id: 'BulkHandle' });
