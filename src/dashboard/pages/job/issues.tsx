import { useSignal } from '@preact/signals';
import type { Job } from '../../../client/page.ts';
import { count, percent } from '../../parts/number.ts';
import { Samples } from './samples.tsx';

/** Types that are shown before anybody asks for the rest. */
const SHOWN = 12;

/** Errors by their type as a histogram, with exact totals and samples; warnings as one group. */
export function Issues({ job }: { job: Job }) {
  const all = useSignal(false);
  const { errors_total, warnings_total } = job;
  if (errors_total === 0 && warnings_total === 0) return null;
  const types = Object.entries(job.errors_by_type).sort(([, a], [, b]) => b - a);
  const most = Math.max(types[0]?.[1] ?? 0, warnings_total);
  const shown = all.value ? types : types.slice(0, SHOWN);
  return (
    <section aria-label="Errors and warnings" class="histogram">
      {errors_total > 0 && (
        <h2>
          {count(errors_total)} {errors_total === 1 ? 'error' : 'errors'}
        </h2>
      )}
      {shown.map(([type, total]) => (
        <Group key={type} job={job} kind="errors" type={type} total={total} of={errors_total} most={most} />
      ))}
      {shown.length < types.length && (
        <button type="button" onClick={() => (all.value = true)}>
          All {count(types.length)} types
        </button>
      )}
      {warnings_total > 0 && (
        <>
          <h2>
            {count(warnings_total)} {warnings_total === 1 ? 'warning' : 'warnings'}
          </h2>
          <Group
            {...{ job, kind: 'warnings', type: null }}
            total={warnings_total}
            of={warnings_total}
            most={most}
          />
        </>
      )}
    </section>
  );
}

interface GroupProps {
  job: Job;
  kind: 'errors' | 'warnings';
  /** Null for all. */
  type: string | null;
  total: number;
  /** How many there are of all types, and of the most frequent one. */
  of: number;
  most: number;
}

/** One bar, which opens its samples. */
function Group({ job, kind, type, total, of, most }: GroupProps) {
  const open = useSignal(false);
  return (
    <details class={kind} onToggle={({ currentTarget }) => (open.value = currentTarget.open)}>
      <summary>
        <span class="name">{type ?? 'of all types'}</span>
        <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
          <rect width={Math.max((total / most) * 100, 0.5)} height="10" />
        </svg>
        <strong>{count(total)}</strong>
        <span class="faint">{total < of ? percent((total / of) * 100) : ''}</span>
      </summary>
      {open.value && <Samples job={job} kind={kind} type={type} total={total} />}
    </details>
  );
}
