import { useSignal } from '@preact/signals';
import type { Schemas } from '../../../client/page.ts';
import { Failure } from '../../parts/notice.tsx';
import { useTask } from '../../parts/use-task.ts';
import { readJson } from './read-fields.ts';
import { Trial, tryHook } from './trial.tsx';

/** Shows what a hook would make of a payload, without making it. */
export function HookTester({ hookId }: { hookId: string }) {
  const trial = useSignal<Schemas['HookTrial'] | null>(null);
  const { busy, error, run } = useTask();
  async function submit(event: SubmitEvent) {
    event.preventDefault();
    const text = String(new FormData(event.currentTarget as HTMLFormElement).get('payload'));
    trial.value = null;
    await run(async () => {
      trial.value = await tryHook(`/${encodeURIComponent(hookId)}/test`, readJson(text));
    });
  }
  return (
    <details class="group">
      <summary>Try a payload</summary>
      <form onSubmit={submit} class="stack">
        <label>
          Payload, as JSON
          <textarea name="payload" rows={6} required spellcheck={false} />
        </label>
        <button type="submit" disabled={busy.value}>
          What would it do?
        </button>
      </form>
      <Failure error={error.value} />
      {trial.value && <Trial trial={trial.value} />}
    </details>
  );
}
