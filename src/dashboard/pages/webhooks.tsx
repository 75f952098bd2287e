import { useSignal } from '@preact/signals';
import { firstOf } from '../../client/first-of.ts';
import type { Schemas } from '../../client/page.ts';
import { Confirm } from '../parts/confirm.tsx';
import { Copy } from '../parts/copy.tsx';
import { MadeList } from '../parts/made-list.tsx';
import { Failure } from '../parts/notice.tsx';
import { Ago } from '../parts/time.tsx';
import { useLoaded, useTask } from '../parts/use-task.ts';
import { headway } from '../service.ts';
import { may } from '../session.ts';
import { Deliveries } from './webhooks/deliveries.tsx';
import { NewWebhook } from './webhooks/new-webhook.tsx';

type Webhook = Schemas['Webhook'];

const MOST = 1_000;
const TONES: Record<Webhook['state'], string> = { active: 'good', unanswered: 'warning', disabled: 'bad' };

/** The endpoints that are sent events, and what became of what they were sent. */
export function Webhooks() {
  const list = useLoaded('webhooks', () => firstOf(headway.webhooks.list(), MOST));
  return (
    <MadeList
      title="Webhooks"
      make={may.value.has('job:read') ? 'New endpoint' : null}
      list={list}
      form={(close) => <NewWebhook close={close} />}
      empty="No endpoint yet. One is sent an HTTP request, signed, for each event it asks for."
      show={(webhook) => <Endpoint key={webhook.webhook_id} webhook={webhook} reload={list.reload} />}
    />
  );
}

function Endpoint({ webhook, reload }: { webhook: Webhook; reload: () => Promise<unknown> }) {
  const { webhook_id, url, enabled, state } = webhook;
  const secret = useSignal<string | null>(null);
  const removing = useSignal<true | null>(null);
  const round = useSignal(0);
  const { busy, error, run } = useTask();
  // What shows jobs, or sends them anywhere, takes both.
  const reads = may.value.has('job:read');
  const act = (work: () => Promise<unknown>) => async () => {
    await run(work);
    round.value++;
    await reload();
  };
  const toggle = async () => {
    await headway.webhooks.change(webhook_id, { enabled: !enabled });
  };
  return (
    <section class="card" aria-label={url}>
      <header class="bar-of-page">
        <h2>{url}</h2>
        <span class={`status tone-${TONES[state]}`}>
          {webhook.disabled_reason ? `${state}: ${webhook.disabled_reason}` : state}
        </span>
      </header>
      {state === 'unanswered' && (
        <p>It has yet to answer its test by a 2xx. Its events wait meanwhile, and none is lost.</p>
      )}
      <p class="faint">
        {webhook.format} · {webhook.event_types?.join(', ') ?? 'all events'} · made{' '}
        <Ago at={webhook.created_at} />
        {webhook.description && ` · ${webhook.description}`}
      </p>
      <p class="buttons">
        {reads && (
          <>
            <button
              type="button"
              disabled={busy.value}
              onClick={act(() => headway.webhooks.test(webhook_id))}
            >
              Send a test
            </button>
            <button type="button" disabled={busy.value} onClick={act(toggle)}>
              {enabled ? 'Disable' : 'Enable'}
            </button>
            <button
              type="button"
              disabled={busy.value}
              onClick={act(async () => {
                secret.value = (await headway.webhooks.rotate(webhook_id)).secret;
              })}
            >
              Rotate the secret
            </button>
          </>
        )}
        <button type="button" class="danger" onClick={() => (removing.value = true)}>
          Delete
        </button>
      </p>
      <Failure error={error.value} />
      {secret.value && (
        <p role="status">
          The new secret, shown once; the one before signs beside it for a day. <Copy text={secret.value} />
        </p>
      )}
      {removing.value && (
        <Confirm
          title="Delete this endpoint?"
          danger="Delete the endpoint"
          act={() => headway.webhooks.delete(webhook_id).then(reload)}
          open={removing}
        >
          <p>{url} is sent nothing more. What is under way to it is given up.</p>
        </Confirm>
      )}
      {reads && <Deliveries key={round.value} webhookId={webhook_id} />}
    </section>
  );
}
