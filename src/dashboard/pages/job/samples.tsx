import { useSignal } from '@preact/signals';
import type { Job, RecordedIssue } from '../../../client/page.ts';
import { Failure, Loading } from '../../parts/notice.tsx';
import { count } from '../../parts/number.ts';
import { exact } from '../../parts/time.tsx';
import { Tree } from '../../parts/tree.tsx';
import { useLoaded } from '../../parts/use-task.ts';
import { firstOf, headway } from '../../service.ts';

/** How many are shown at first, and how many a job keeps of each kind. */
const FIRST = 20;
const KEPT = 1_000;

interface SamplesProps {
  job: Job;
  kind: 'errors' | 'warnings';
  type: string | null;
  total: number;
}

/** Errors of a type, or warnings, one by one. */
export function Samples({ job, kind, type, total }: SamplesProps) {
  const most = useSignal(FIRST);
  const { value, error, reload } = useLoaded(`${job.job_id} ${kind} ${type} ${most.value}`, () =>
    samplesOf(job, kind, type, most.value),
  );
  const found = value.value;
  if (error.value) return <Failure error={error.value} again={() => void reload()} />;
  if (found === null) return <Loading />;
  const isAll = found.length < most.value;
  return (
    <>
      <ul class="issues">
        {found.map((issue) => (
          <li key={`${issue.timestamp} ${issue.entity_type} ${issue.entity_key}`}>
            <strong>
              {issue.entity_type} {issue.entity_key}
            </strong>{' '}
            {issue.message}
            <span class="faint">
              {issue.step && ` · ${issue.step}`} · {exact(issue.timestamp)}
            </span>
            {issue.details && <Tree value={issue.details} name="details" />}
          </li>
        ))}
      </ul>
      {found.length < total && (
        <p class="hint">
          {isAll ? 'Kept are ' : 'Shown are '}
          {count(found.length)} of {count(total)}.{' '}
          {!isAll && (
            <button type="button" onClick={() => (most.value = KEPT)}>
              Show all that are kept
            </button>
          )}
        </p>
      )}
    </>
  );
}

/** The oldest that are kept; those of the type `other` are of several, so they are not filtered. */
function samplesOf(
  { job_id }: Job,
  kind: 'errors' | 'warnings',
  type: string | null,
  most: number,
): Promise<RecordedIssue[]> {
  const filter = { limit: 100, ...(type === null || type === 'other' ? {} : { error_type: type }) };
  return firstOf(headway[kind](job_id, filter), most);
}
