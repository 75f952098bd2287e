import { useSignal } from '@preact/signals';
import type { Schemas } from '../../../client/page.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { Copy } from '../../parts/copy.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { HeadNote, headOf } from '../../parts/head.tsx';
import { Failure } from '../../parts/notice.tsx';
import { Ago, Moment } from '../../parts/time.tsx';
import { useLoaded, useTask } from '../../parts/use-task.ts';
import { WhenLoaded } from '../../parts/when-loaded.tsx';
import { headway } from '../../service.ts';

type Key = Schemas['ApiKey'];

const MOST = 1_000;
const PRESETS = ['worker', 'viewer', 'operator', 'admin'] as const;

export function Keys() {
  const list = useLoaded('keys', () => headOf(MOST, () => headway.keys.list()));
  const secret = useSignal<string | null>(null);
  const { busy, error, run } = useTask();
  async function submit(event: SubmitEvent) {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const given = new FormData(form);
    const fields = {
      name: String(given.get('name')),
      preset: String(given.get('preset')),
    } as Schemas['CreateKey'];
    const made = await run(async () => {
      secret.value = (await headway.keys.create(fields)).api_key;
    });
    if (!made) return;
    form.reset();
    await list.reload();
  }
  return (
    <section aria-label="Keys">
      <h2>Keys</h2>
      <form class="filters" onSubmit={submit}>
        <label>
          Name
          <input name="name" required maxLength={200} />
        </label>
        <label>
          May
          <select name="preset">
            {PRESETS.map((preset) => (
              <option key={preset}>{preset}</option>
            ))}
          </select>
        </label>
        <button type="submit" disabled={busy.value}>
          New key
        </button>
      </form>
      <Failure error={error.value} />
      {secret.value && (
        <Dialog title="The new key" close={() => (secret.value = null)}>
          <p>It is shown this one time.</p>
          <Copy text={secret.value} />
          <p class="buttons">
            <button type="button" class="primary" onClick={() => (secret.value = null)}>
              I have it
            </button>
          </p>
        </Dialog>
      )}
      <WhenLoaded of={list}>
        {(keys) => (
          <>
            <HeadNote of={keys} order="oldest" />
            <KeyTable keys={keys.entries} list={list} show={secret} />
          </>
        )}
      </WhenLoaded>
    </section>
  );
}

interface KeyTableProps {
  keys: Key[];
  list: { reload(): Promise<unknown> };
  show: { value: string | null };
}

function KeyTable({ keys, list, show }: KeyTableProps) {
  const { error, run } = useTask();
  const leaving = useSignal<Key | null>(null);
  async function rotate(keyId: string) {
    const made = await run(async () => {
      show.value = (await headway.keys.rotate(keyId)).api_key;
    });
    if (made) await list.reload();
  }
  const chosen = leaving.value;
  return (
    <div class="scroll">
      <Failure error={error.value} />
      {chosen && (
        <Confirm
          title={`Revoke ${chosen.name}?`}
          danger="Revoke the key"
          act={() => headway.keys.revoke(chosen.key_id).then(list.reload)}
          open={leaving}
        >
          <p>
            Whoever holds it is shut out within 30 seconds. Its endpoints and hooks stay; its tokens, links
            and sign-ins end.
          </p>
        </Confirm>
      )}
      <table>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">May</th>
            <th scope="col">Last used</th>
            <th scope="col">Ends</th>
            <td />
          </tr>
        </thead>
        <tbody>
          {keys.map((key) => (
            <tr key={key.key_id} class={key.revoked_at ? 'deleted' : ''}>
              <td>{key.name}</td>
              <td class="wrap">
                {key.permissions.join(', ')}
                {key.job_types && ` (${key.job_types.join(', ')})`}
              </td>
              <td>
                <Ago at={key.last_used_at} />
              </td>
              <td>
                {key.revoked_at ? 'revoked' : key.expires_at ? <Moment at={key.expires_at} /> : 'never'}
              </td>
              <td>
                {!key.revoked_at && (
                  <>
                    <button type="button" onClick={() => rotate(key.key_id)}>
                      Rotate
                    </button>{' '}
                    <button type="button" class="danger" onClick={() => (leaving.value = key)}>
                      Revoke
                    </button>
                  </>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
