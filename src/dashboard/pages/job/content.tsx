import { useSignal } from '@preact/signals';
import type { Job } from '../../../client/page.ts';
import { jobPath } from '../../../client/reading.ts';
import { Failure, Loading } from '../../parts/notice.tsx';
import { parseWithDigits, Tree } from '../../parts/tree.tsx';
import { useLoaded } from '../../parts/use-task.ts';
import { headway } from '../../service.ts';

/** Metadata and result as trees, read as text so that long numbers keep their digits. */
export function Content({ job }: { job: Job }) {
  const open = useSignal(false);
  return (
    <details class="group" onToggle={({ currentTarget }) => (open.value = currentTarget.open)}>
      <summary>Metadata and result</summary>
      {open.value && <Trees job={job} />}
    </details>
  );
}

function Trees({ job }: { job: Job }) {
  const { value, error, reload } = useLoaded(`${job.job_id} ${job.status}`, async () => {
    const text = await headway.text({ method: 'GET', path: jobPath(job.job_id) });
    const whole = parseWithDigits(text) as Record<string, unknown>;
    return { metadata: whole.metadata, result: whole.result };
  });
  if (error.value) return <Failure error={error.value} again={() => void reload()} />;
  if (value.value === null) return <Loading />;
  const { metadata, result } = value.value;
  return (
    <>
      <Tree value={metadata} name="metadata" open />
      {result !== null && result !== undefined && <Tree value={result} name="result" open />}
    </>
  );
}
