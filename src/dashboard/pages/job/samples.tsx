import { useSignal } from '@preact/signals';
import type { Job, RecordedIssue } from '../../../client/page.ts';
import { jobPath } from '../../../client/reading.ts';
import { Failure, Loading } from '../../parts/notice.tsx';
import { count } from '../../parts/number.ts';
import { exact } from '../../parts/time.tsx';
import { parseWithDigits, Tree } from '../../parts/tree.tsx';
import { useFollowing, useMoved } from '../../parts/use-following.ts';
import { headway } from '../../service.ts';

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
  const grown = useMoved(total);
  const types = useMoved(job.errors_by_type);
  const { value, error, reload } = useFollowing(
    `${job.job_id} ${kind} ${type} ${most.value}`,
    grown,
    async () => {
      const of = grown.peek();
      return { issues: await samplesOf(job.job_id, types.peek(), kind, type, most.value), of };
    },
  );
  if (error.value) return <Failure quiet error={error.value} again={() => void reload()} />;
  if (value.value === null) return <Loading />;
  // More may have come since these were read.
  const { issues, of } = value.value;
  const isAll = issues.length < most.value || most.value === KEPT;
  return (
    <>
      <ul class="issues">
        {issues.map((issue) => (
          <li key={`${issue.timestamp} ${issue.entity_type} ${issue.entity_key}`}>
            <strong>
              <bdi>{issue.entity_type}</bdi> <bdi>{issue.entity_key}</bdi>
            </strong>{' '}
            {/* What runs from right to left pulls none of the rest to its other side. */}
            <bdi>{issue.message}</bdi>
            <span class="faint">
              {issue.step && (
                <>
                  {' '}
                  · <bdi>{issue.step}</bdi>
                </>
              )}{' '}
              · {exact(issue.timestamp)}
            </span>
            {issue.details && <Tree value={issue.details} name="details" />}
          </li>
        ))}
      </ul>
      {issues.length < of && (
        <p class="hint">
          {isAll ? 'Kept are ' : 'Shown are '}
          {count(issues.length)} of {count(of)}.{' '}
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

type Page = Partial<Record<SamplesProps['kind'], RecordedIssue[]>> & { next_cursor: string | null };

/**
 * The oldest that are kept, read as text so that the numbers of their details keep their digits. Those of the type `other` are
 * of several: of all that are read they are the ones whose own type has no total.
 */
async function samplesOf(
  jobId: string,
  totals: Job['errors_by_type'],
  kind: SamplesProps['kind'],
  type: string | null,
  most: number,
): Promise<RecordedIssue[]> {
  const found: RecordedIssue[] = [];
  const isOther = ({ error_type }: RecordedIssue) =>
    error_type === 'other' || !Object.hasOwn(totals, error_type);
  let cursor: string | null = null;
  do {
    const query = {
      limit: 100,
      error_type: type === null || type === 'other' ? undefined : type,
      cursor: cursor ?? undefined,
    };
    const path = jobPath(jobId, `/${kind}`);
    const page = parseWithDigits(await headway.text({ method: 'GET', path, query })) as Page;
    const issues = page[kind] ?? [];
    found.push(...(type === 'other' ? issues.filter(isOther) : issues));
    cursor = page.next_cursor;
  } while (cursor !== null && found.length < most);
  return found.slice(0, most);
}
