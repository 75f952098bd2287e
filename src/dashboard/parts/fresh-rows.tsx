import { MOST } from '../live/job-list.ts';
import { count } from './number.ts';

/** How many new rows wait to be asked for, and what asks. Its room is kept, so that its coming moves no row from under a pointer. */
export function FreshRows({ waiting, read }: { waiting: number; read: () => void }) {
  return (
    <span class="fresh-rows">
      {waiting > 0 && (
        <button type="button" onClick={read}>
          {count(waiting)}
          {waiting === MOST && ' or more'} new
        </button>
      )}
      {/* That there are any is said once, not each time that there is one more. */}
      <span class="unseen" aria-live="polite">
        {waiting > 0 && 'There are new ones.'}
      </span>
    </span>
  );
}
