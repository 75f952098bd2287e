import { bulkTypeOf } from '../../domain/job/bulk';
import { type JobSeed, seedFrom } from '../../domain/job/new-job';
import type { BulkSpec } from '../../objects/bulk/contract';

/** What the job that shows a bulk operation starts from. */
export function bulkSeed({ operation, by, total, shown }: BulkSpec): JobSeed {
  const seed = seedFrom({
    job_type: bulkTypeOf(operation),
    total_items: total,
    triggered_by: by.name ?? by.actor.id,
    tags: by.tag === null ? [] : [by.tag],
    metadata: { bulk: JSON.parse(shown) },
  });
  if ('code' in seed) throw new Error(seed.detail);
  return seed;
}
