import { useSignal } from '@preact/signals';
import type { Schemas } from '../../../client/page.ts';
import { serviceNow } from '../../live/clock.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Failure } from '../../parts/notice.tsx';
import { Until } from '../../parts/time.tsx';
import { useTask } from '../../parts/use-task.ts';
import { headway } from '../../service.ts';

/** Gives a hook another URL, and says for how long the one before is served. */
export function NewUrl({ hook, reload }: { hook: Schemas['Hook']; reload: () => Promise<unknown> }) {
  const asking = useSignal(false);
  const { busy, error, run } = useTask();
  const rotate = (grace_period?: number) => async () => {
    const fields = grace_period === undefined ? {} : { grace_period };
    if (!(await run(() => headway.hooks.rotate(hook.hook_id, fields)))) return;
    asking.value = false;
    await reload();
  };
  const until = hook.older_url_until;
  return (
    <p class="buttons">
      <button type="button" onClick={() => (asking.value = true)}>
        New URL
      </button>
      {until !== null && Date.parse(until) > serviceNow.value && (
        <span class="faint">
          The URL before is served too: that ends <Until at={until} />.
        </span>
      )}
      {asking.value && (
        <Dialog title={`Another URL for ${hook.name}?`} close={() => (asking.value = false)}>
          <p>
            Whoever sends to it has to be given the new one. The one it has by now ends in a day, or at once.
          </p>
          <Failure error={error.value} />
          <p class="buttons">
            <button type="button" onClick={() => (asking.value = false)}>
              Keep it
            </button>
            <button type="button" disabled={busy.value} onClick={rotate()}>
              End it in a day
            </button>
            <button type="button" class="danger" disabled={busy.value} onClick={rotate(0)}>
              End it at once
            </button>
          </p>
        </Dialog>
      )}
    </p>
  );
}
