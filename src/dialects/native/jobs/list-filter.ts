import * as z from 'zod';
import { text } from '../../../domain/base/text';
import { CATEGORIES, HEALTHS, STATUSES, type Status } from '../../../domain/job/job';
import { timeParam } from '../../../http/params';
import type { ListFilter } from '../../../services/jobs/lists';

/** No job has more tags, so none has all of a longer list. */
const TAG_LIMIT = 10;

/** A job has one id, in whatever case it is written. */
const idParam = z.string().transform((id) => id.toLowerCase());

/** What a list, an export and a bulk operation take in. */
export const filterFields = {
  status: z.array(z.enum([...STATUSES, 'running'])).optional(),
  job_type: z.string().optional(),
  category: z.enum(CATEGORIES).optional(),
  health: z.array(z.enum(HEALTHS)).optional(),
  tag: z.array(z.string()).optional(),
  triggered_by: z.string().optional(),
  name: z.string().optional(),
  q: text(200).optional().meta({
    description: 'What the name or the id begins with, ASCII letters in either case.',
  }),
  parent_job_id: idParam.optional(),
  rerun_of: idParam.optional(),
  root_job_id: idParam.optional().meta({ description: 'A chain of reruns, its first job included.' }),
  created_after: timeParam.optional(),
  created_before: timeParam.optional(),
};

export type GivenFilter = z.output<z.ZodObject<typeof filterFields>>;

/** What a filter names, all of it there. */
type NamedFilter<Filter> = { [Name in keyof Filter]: Exclude<Filter[Name], undefined> };

/** What a filter names: an empty text or list is none, in a body as in a query. */
export function withoutEmpty<Filter extends object>(filter: Filter): NamedFilter<Filter> {
  const parts = Object.entries(filter).map(([name, value]) => {
    return [name, Array.isArray(value) ? value.filter((one) => one !== '') : value] as const;
  });
  const named = parts.filter(([, value]) => value !== undefined && value !== '' && !isNone(value));
  return Object.fromEntries(named) as NamedFilter<Filter>;
}

function isNone(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

/** The filter as the index takes it; null where no job can match it. */
export function toListFilter(filter: GivenFilter): ListFilter | null {
  const { status, health, tag, ...rest } = withoutEmpty(filter);
  const tags = new Set(tag);
  if (tags.size > TAG_LIMIT) return null;
  const words = status?.map((word): Status => (word === 'running' ? 'in_progress' : word));
  return {
    ...rest,
    ...(tags.size === 0 ? {} : { tag: [...tags] }),
    ...(words === undefined ? {} : { status: [...new Set(words)] }),
    ...(health === undefined ? {} : { health: [...new Set(health)] }),
  };
}
