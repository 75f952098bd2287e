import { useSignal } from '@preact/signals';
import { firstOf } from '../../client/first-of.ts';
import type { Schemas } from '../../client/page.ts';
import { Copy } from '../parts/copy.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { MadeList } from '../parts/made-list.tsx';
import { Failure } from '../parts/notice.tsx';
import { useLoaded, useTask } from '../parts/use-task.ts';
import { headway } from '../service.ts';
import { Arrivals } from './hooks/arrivals.tsx';
import { HookTester } from './hooks/hook-tester.tsx';
import { NewHook } from './hooks/new-hook.tsx';
import { NewUrl } from './hooks/new-url.tsx';

type Hook = Schemas['Hook'];

const MOST = 1_000;

/** The addresses at which other services’ webhooks make jobs and reports. */
export function Hooks() {
  const list = useLoaded('hooks', () => firstOf(headway.hooks.list(), MOST));
  return (
    <MadeList
      title="Hooks"
      make="New hook"
      list={list}
      form={(close) => <NewHook close={close} />}
      empty="No hook yet. One takes the webhooks of another service, GitHub’s say, and makes jobs or reports of them."
      show={(hook) => <OneHook key={hook.hook_id} hook={hook} reload={list.reload} />}
    />
  );
}

function OneHook({ hook, reload }: { hook: Hook; reload: () => Promise<unknown> }) {
  const removing = useSignal(false);
  const { error, run } = useTask();
  const { hook_id, name, url, verification, mapping } = hook;
  return (
    <section class="card" aria-label={name}>
      <header class="bar-of-page">
        <h2>{name}</h2>
        <span class="faint">
          {verification.scheme} → {mapping.action}
        </span>
        <button type="button" class="danger" onClick={() => (removing.value = true)}>
          Delete
        </button>
      </header>
      <Copy text={url} label="Copy URL" />
      <NewUrl hook={hook} reload={reload} />
      {!removing.value && <Failure error={error.value} />}
      {removing.value && (
        <Dialog title={`Delete the hook ${name}?`} close={() => (removing.value = false)}>
          <p>What is sent to its URL is refused from then on.</p>
          <Failure error={error.value} />
          <p class="buttons">
            <button type="button" onClick={() => (removing.value = false)}>
              Keep it
            </button>
            <button
              type="button"
              class="danger"
              onClick={async () => {
                if (await run(() => headway.hooks.delete(hook_id))) await reload();
              }}
            >
              Delete the hook
            </button>
          </p>
        </Dialog>
      )}
      <HookTester hookId={hook_id} />
      <Arrivals hookId={hook_id} />
    </section>
  );
}
