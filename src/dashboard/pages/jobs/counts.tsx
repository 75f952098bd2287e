import type { ReadonlySignal } from '@preact/signals';
import type { JobFilter } from '../../../client/page.ts';
import { toneOf } from '../../../domain/base/palette.ts';
import { addressOf, type Filters } from '../../live/job-filter.ts';
import { Failure } from '../../parts/notice.tsx';
import { count } from '../../parts/number.ts';
import { useFollowing } from '../../parts/use-following.ts';
import { headway } from '../../service.ts';

/** Types that are shown with their number. */
const TYPES = 8;

/** How many jobs there are by status and by type, of the type and category that are filtered by: each leads to its list. */
export function Counts({ filters, moved }: { filters: Filters; moved: ReadonlySignal<number> }) {
  const { job_type, category } = filters;
  const asked = { ...(job_type ? { job_type } : {}), ...(category ? { category } : {}) } as Pick<
    JobFilter,
    'job_type' | 'category'
  >;
  const { value, error, reload } = useFollowing(JSON.stringify(asked), moved, () => headway.stats(asked));
  const stats = value.value;
  if (error.value !== null) return <Failure quiet error={error.value} again={() => void reload()} />;
  if (stats === null || stats.jobs === 0) return null;
  const types = job_type ? [] : stats.by_type.toSorted((a, b) => b.jobs - a.jobs).slice(0, TYPES);
  const { status: chosen } = filters;
  return (
    <>
      <ul class="counts" aria-label="Counts">
        {stats.by_status
          .filter((entry) => entry.count > 0)
          .map(({ status, count: jobs }) => (
            <li key={status} class={`status tone-${toneOf({ status, health: 'ok' })}`}>
              <a
                href={addressOf({ ...asked, status } as Filters)}
                {...(status === chosen ? { 'aria-current': 'true' as const } : {})}
              >
                <strong>{count(jobs)}</strong> {status.replaceAll('_', ' ')}
              </a>
            </li>
          ))}
        {stats.slow > 0 && (
          <li>
            <strong>{count(stats.slow)}</strong> slow
          </li>
        )}
      </ul>
      {types.length > 1 && (
        <ul class="counts types" aria-label="Counts by type">
          {types.map((type) => (
            <li key={type.job_type}>
              <a href={addressOf({ ...asked, job_type: type.job_type } as Filters)}>
                {type.job_type} <strong>{count(type.jobs)}</strong>
              </a>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
