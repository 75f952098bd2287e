import type { JobFilter } from '../client/index.ts';
import { CATEGORIES } from '../domain/job/job.ts';
import type { Option } from './command.ts';

export interface FilterOptions {
  type?: string;
  tag?: string[];
  name?: string;
  category?: string;
  by?: string;
}

/** What jobs are chosen by. */
export const FILTER_OPTIONS: readonly Option[] = [
  { flags: '--type <type>', about: 'of this type' },
  { flags: '--tag <tag>', about: 'with this tag', many: true },
  { flags: '--name <words>', about: 'whose name begins like this' },
  { flags: '--category <category>', about: 'of this category', choices: CATEGORIES },
  { flags: '--by <who>', about: 'triggered by this one' },
];

/** Null where nothing is asked for. */
export function filterOf({ type, tag, name, category, by }: FilterOptions): JobFilter | null {
  const filter: JobFilter = {
    ...(type === undefined ? {} : { job_type: type }),
    ...(tag === undefined ? {} : { tag }),
    ...(name === undefined ? {} : { name }),
    ...(category === undefined ? {} : { category: category as NonNullable<JobFilter['category']> }),
    ...(by === undefined ? {} : { triggered_by: by }),
  };
  return Object.keys(filter).length === 0 ? null : filter;
}
