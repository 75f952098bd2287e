import { useSignal } from '@preact/signals';
import type { Job } from '../../../client/page.ts';
import { jobPath } from '../../../client/reading.ts';
import { parseWithDigits, Tree } from '../../parts/tree.tsx';
import { useLoaded } from '../../parts/use-task.ts';
import { WhenLoaded } from '../../parts/when-loaded.tsx';
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
  const content = useLoaded(`${job.job_id} ${job.status}`, async () => {
    const text = await headway.text({ method: 'GET', path: jobPath(job.job_id) });
    const whole = parseWithDigits(text) as Record<string, unknown>;
    return { metadata: whole.metadata, result: whole.result };
  });
  return (
    <WhenLoaded aloud of={content}>
      {({ metadata, result }) => (
        <>
          <Tree value={metadata} name="metadata" open />
          {result !== null && result !== undefined && <Tree value={result} name="result" open />}
        </>
      )}
    </WhenLoaded>
  );
}
