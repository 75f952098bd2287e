import { useSignal } from '@preact/signals';
import { useLocation } from 'preact-iso';
import type { Job } from '../../../client/page.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { Failure } from '../../parts/notice.tsx';
import { useTask } from '../../parts/use-task.ts';
import { headway } from '../../service.ts';
import { may } from '../../session.ts';

/** What can be done to a job: cancelled while it is under way, done again or deleted once it has ended. */
export function Actions({ job }: { job: Job }) {
  const asked = useSignal<'cancel' | 'delete' | null>(null);
  const { route } = useLocation();
  const { busy, error, run } = useTask();
  const { job_id } = job;
  const open = job.status === 'pending' || job.status === 'in_progress';
  const rerun = (items: 'all' | 'failed') =>
    run(async () => route(`/ui/jobs/${(await headway.rerun(job_id, { items })).job_id}`));
  const cancel = (given: FormData) => {
    const reason = String(given.get('reason')).trim();
    return headway.cancel(job_id, reason === '' ? {} : { reason });
  };
  return (
    <div class="actions">
      {open && may.value.has('job:cancel') && (
        <button type="button" class="danger" onClick={() => (asked.value = 'cancel')}>
          Cancel
        </button>
      )}
      {!open && may.value.has('job:create') && (
        <button type="button" disabled={busy.value} onClick={() => void rerun('all')}>
          Rerun
        </button>
      )}
      {!open && job.failed_items > 0 && may.value.has('job:create') && (
        <button type="button" disabled={busy.value} onClick={() => void rerun('failed')}>
          Rerun failed
        </button>
      )}
      {!open && may.value.has('job:cancel') && (
        <button type="button" onClick={() => (asked.value = 'delete')}>
          Delete
        </button>
      )}
      <Failure error={error.value} />
      {asked.value === 'cancel' && (
        <Confirm title={`Cancel ${job.name}?`} danger="Cancel the job" act={cancel} open={asked}>
          <label>
            Reason
            <input name="reason" maxLength={500} />
          </label>
          <p class="hint">It ends at once; its worker learns of it with its next report.</p>
        </Confirm>
      )}
      {asked.value === 'delete' && (
        <Confirm
          title={`Delete ${job.name}?`}
          danger="Delete the job"
          act={() => headway.delete(job_id).then(() => route('/ui/'))}
          open={asked}
        >
          <p>The job, its log and its errors are gone for good.</p>
        </Confirm>
      )}
    </div>
  );
}
