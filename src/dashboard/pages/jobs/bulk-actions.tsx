import { type Signal, useSignal } from '@preact/signals';
import { useLocation } from 'preact-iso';
import type { Schemas } from '../../../client/page.ts';
import { type Filters, queryOf } from '../../live/job-filter.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Failure } from '../../parts/notice.tsx';
import { count } from '../../parts/number.ts';
import { useTask } from '../../parts/use-task.ts';
import { headway } from '../../service.ts';
import { may } from '../../session.ts';

type Operation = 'cancel' | 'rerun' | 'delete';
type Target = { job_ids: string[] } | { filter: Schemas['BulkFilter'] };

const WORDS: Record<Operation, { button: string; title: string; act: string }> = {
  cancel: { button: 'Cancel…', title: 'Cancel these jobs?', act: 'Cancel' },
  rerun: { button: 'Rerun…', title: 'Run these jobs again?', act: 'Rerun' },
  delete: { button: 'Delete…', title: 'Delete these jobs for good?', act: 'Delete' },
};
const NEEDS: Record<Operation, 'job:cancel' | 'job:create'> = {
  cancel: 'job:cancel',
  rerun: 'job:create',
  delete: 'job:cancel',
};
/** Jobs that can be named at once. */
const MOST = 1_000;

/** What can be done to all that are chosen, or, where none is, to all that the filter lets through. */
export function BulkActions({ filters, chosen }: { filters: Filters; chosen: Signal<ReadonlySet<string>> }) {
  /** What was asked for and of which jobs: it stays as it was counted, whatever the page shows meanwhile. */
  const asked = useSignal<{ operation: Operation; target: Target } | null>(null);
  const ids = [...chosen.value];
  const filtered = Object.keys(filters).length > 0;
  if (ids.length === 0 && !filtered) return null;
  const target: Target = ids.length > 0 ? { job_ids: ids.slice(0, MOST) } : { filter: queryOf(filters) };
  return (
    <p class="buttons bulk">
      <span class="faint">
        {ids.length > 0 ? `${count(ids.length)} selected` : 'All that match'}
        {ids.length > MOST && `, the first ${count(MOST)} at once`}
      </span>
      {(Object.keys(WORDS) as Operation[])
        .filter((operation) => may.value.has(NEEDS[operation]))
        .map((operation) => (
          <button key={operation} type="button" onClick={() => (asked.value = { operation, target })}>
            {WORDS[operation].button}
          </button>
        ))}
      {asked.value !== null && (
        <BulkConfirm
          {...asked.value}
          close={() => {
            asked.value = null;
          }}
        />
      )}
    </p>
  );
}

interface BulkConfirmProps {
  operation: Operation;
  target: Target;
  close: () => void;
}

/** Says how many it would be before anything is done; then its job shows how far it is. */
function BulkConfirm({ operation, target, close }: BulkConfirmProps) {
  const { route } = useLocation();
  const counted = useSignal<Schemas['BulkCount'] | null>(null);
  const { busy, error, run } = useTask();
  const { title, act } = WORDS[operation];
  const learn = () =>
    run(async () => {
      counted.value = await headway.bulk(operation, { ...target, dry_run: true });
    });
  const begin = () => run(async () => route(`/ui/jobs/${(await headway.bulk(operation, target)).job_id}`));
  const found = counted.value;
  const jobs = found === null ? '' : `${found.at_least ? 'at least ' : ''}${count(found.count)}`;
  return (
    <Dialog title={title} opened={learn} close={close}>
      <p>It goes on in a job of its own, which shows how far it is, and can be cancelled.</p>
      <Failure error={error.value} />
      <p class="buttons">
        <button type="button" onClick={close}>
          Don’t
        </button>
        <button
          type="button"
          class="danger"
          disabled={busy.value || found === null || found.count === 0}
          onClick={() => void begin()}
        >
          {found === null ? 'Counting…' : `${act} ${jobs} ${found.count === 1 ? 'job' : 'jobs'}`}
        </button>
      </p>
    </Dialog>
  );
}
