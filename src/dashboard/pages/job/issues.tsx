import { useSignal } from '@preact/signals';
import type { Job, RecordedIssue } from '../../../client/page.ts';
import { Failure, Loading } from '../../parts/notice.tsx';
import { count } from '../../parts/number.ts';
import { exact } from '../../parts/time.tsx';
import { Tree } from '../../parts/tree.tsx';
import { useLoaded } from '../../parts/use-task.ts';
import { firstOf, headway } from '../../service.ts';

/** How many of a kind are shown. */
const SAMPLES = 50;

/** Errors by their type, with exact totals and samples; warnings the same. */
export function Issues({ job }: { job: Job }) {
  if (job.errors_total === 0 && job.warnings_total === 0) return null;
  const types = Object.entries(job.errors_by_type).sort(([, a], [, b]) => b - a);
  return (
    <section aria-label="Errors and warnings">
      {job.errors_total > 0 && (
        <h2>
          {count(job.errors_total)} {job.errors_total === 1 ? 'error' : 'errors'}
        </h2>
      )}
      {types.map(([type, total]) => (
        <Group key={type} job={job} kind="errors" type={type} total={total} />
      ))}
      {job.warnings_total > 0 && <Group job={job} kind="warnings" type={null} total={job.warnings_total} />}
    </section>
  );
}

interface GroupProps {
  job: Job;
  kind: 'errors' | 'warnings';
  type: string | null;
  total: number;
}

function Group({ job, kind, type, total }: GroupProps) {
  const open = useSignal(false);
  return (
    <details class="group" onToggle={({ currentTarget }) => (open.value = currentTarget.open)}>
      <summary>
        {type ?? 'warnings'} <strong>{count(total)}</strong>
      </summary>
      {open.value && <Samples job={job} kind={kind} type={type} total={total} />}
    </details>
  );
}

function Samples({ job, kind, type, total }: GroupProps) {
  const { value, error, reload } = useLoaded(`${job.job_id} ${kind} ${type}`, () => samples(job, kind, type));
  const found = value.value;
  if (error.value) return <Failure error={error.value} again={() => void reload()} />;
  if (found === null) return <Loading />;
  return (
    <>
      {found.length < total && (
        <p class="hint">
          {count(found.length)} of {count(total)}
        </p>
      )}
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
    </>
  );
}

/** The first of them; those of the type `other` are of several, so they are not filtered. */
function samples(
  { job_id }: Job,
  kind: 'errors' | 'warnings',
  type: string | null,
): Promise<RecordedIssue[]> {
  const filter = { limit: SAMPLES, ...(type === null || type === 'other' ? {} : { error_type: type }) };
  return firstOf(headway[kind](job_id, filter), SAMPLES);
}
