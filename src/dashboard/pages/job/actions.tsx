import { useSignal } from '@preact/signals';
import { useLocation } from 'preact-iso';
import type { Job } from '../../../client/page.ts';
import { Dialog } from '../../parts/dialog.tsx';
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
  const close = () => {
    asked.value = null;
  };
  async function cancel(event: SubmitEvent) {
    event.preventDefault();
    const reason = String(new FormData(event.currentTarget as HTMLFormElement).get('reason')).trim();
    if (await run(() => headway.cancel(job_id, reason === '' ? {} : { reason }))) close();
  }
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
      {asked.value === null && <Failure error={error.value} />}
      {asked.value === 'cancel' && (
        <Dialog title={`Cancel ${job.name}?`} close={close}>
          <form onSubmit={cancel} class="stack">
            <label>
              Reason
              <input name="reason" maxLength={500} />
            </label>
            <p class="hint">It ends at once; its worker learns of it with its next report.</p>
            <Failure error={error.value} />
            <p class="buttons">
              <button type="button" onClick={close}>
                Keep it
              </button>
              <button type="submit" class="danger" disabled={busy.value}>
                Cancel the job
              </button>
            </p>
          </form>
        </Dialog>
      )}
      {asked.value === 'delete' && (
        <Dialog title={`Delete ${job.name}?`} close={close}>
          <p>The job, its log and its errors are gone for good.</p>
          <Failure error={error.value} />
          <p class="buttons">
            <button type="button" onClick={close}>
              Keep it
            </button>
            <button
              type="button"
              class="danger"
              disabled={busy.value}
              onClick={async () => (await run(() => headway.delete(job_id))) && route('/ui/')}
            >
              Delete the job
            </button>
          </p>
        </Dialog>
      )}
    </div>
  );
}
