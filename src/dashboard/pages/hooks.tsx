import { useSignal } from '@preact/signals';
import { firstOf } from '../../client/first-of.ts';
import type { Schemas } from '../../client/page.ts';
import { Confirm } from '../parts/confirm.tsx';
import { Copy } from '../parts/copy.tsx';
import { MadeList } from '../parts/made-list.tsx';

import { useLoaded } from '../parts/use-task.ts';
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
  const removing = useSignal<true | null>(null);
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
      {removing.value && (
        <Confirm
          title={`Delete the hook ${name}?`}
          danger="Delete the hook"
          act={() => headway.hooks.delete(hook_id).then(reload)}
          open={removing}
        >
          <p>What is sent to its URL is refused from then on.</p>
        </Confirm>
      )}
      <HookTester hookId={hook_id} />
      <Arrivals hookId={hook_id} />
    </section>
  );
}
