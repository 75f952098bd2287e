import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import type { Schemas } from '../../../client/page.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Failure } from '../../parts/notice.tsx';
import { useTask } from '../../parts/use-task.ts';
import { headway } from '../../service.ts';
import { readHeaders, readJson } from './read-fields.ts';
import { Trial, tryHook } from './trial.tsx';

const EXAMPLE = `{
  "name": "deploys",
  "verification": { "scheme": "token" },
  "mapping": {
    "action": "create",
    "from": { "name": "/title" },
    "set": { "job_type": "deploy", "total_items": 0 }
  }
}`;

/** Makes a hook out of its JSON, and tries it before: its parts are many, and docs/hooks.md has them by example. */
export function NewHook({ close }: { close: () => void }) {
  const form = useRef<HTMLFormElement>(null);
  const trial = useSignal<Schemas['HookTrial'] | null>(null);
  const { busy, error, run } = useTask();
  const field = (name: string) => String(new FormData(form.current ?? undefined).get(name));
  const hook = () => readJson(field('hook'));
  async function submit(event: SubmitEvent) {
    event.preventDefault();
    if (await run(async () => headway.text({ method: 'POST', path: '/api/hooks', text: hook() }))) close();
  }
  async function attempt() {
    trial.value = null;
    await run(async () => {
      const rest = { body: field('payload'), headers: readHeaders(field('headers')) };
      trial.value = await tryHook('/test', `{"hook":${hook()},${JSON.stringify(rest).slice(1)}`);
    });
  }
  return (
    <Dialog title="New hook" close={close}>
      <form ref={form} onSubmit={submit} class="stack">
        <label>
          The hook, as JSON
          <textarea name="hook" rows={12} required spellcheck={false} defaultValue={EXAMPLE} />
        </label>
        <details class="group">
          <summary>Try it on a payload first</summary>
          <label>
            Payload, as its sender sends it
            <textarea name="payload" rows={5} spellcheck={false} />
          </label>
          <label>
            Its headers, one a line
            <textarea name="headers" rows={2} spellcheck={false} placeholder="X-GitHub-Event: push" />
          </label>
          <button type="button" disabled={busy.value} onClick={attempt}>
            What would it do?
          </button>
          {trial.value && <Trial trial={trial.value} />}
        </details>
        <Failure error={error.value} />
        <p class="buttons">
          <button type="button" onClick={close}>
            Don’t
          </button>
          <button type="submit" class="primary" disabled={busy.value}>
            Make it
          </button>
        </p>
      </form>
    </Dialog>
  );
}
