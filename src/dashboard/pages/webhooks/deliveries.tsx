import { useSignal } from '@preact/signals';
import type { Schemas } from '../../../client/page.ts';
import { HeadNote, headOf } from '../../parts/head.tsx';
import { Failure } from '../../parts/notice.tsx';
import { count } from '../../parts/number.ts';
import { Ago, Until } from '../../parts/time.tsx';
import { useLoaded, useTask } from '../../parts/use-task.ts';
import { WhenLoaded } from '../../parts/when-loaded.tsx';
import { headway } from '../../service.ts';

type Delivery = Schemas['Delivery'];

/** Deliveries that are shown, the newest. */
const SHOWN = 50;
const TONES: Record<Delivery['status'], string> = {
  pending: 'active',
  retrying: 'warning',
  delivered: 'good',
  exhausted: 'bad',
};

/** What an endpoint was sent lately, each with its attempts. */
export function Deliveries({ webhookId }: { webhookId: string }) {
  const open = useSignal(false);
  return (
    <details class="group" onToggle={({ currentTarget }) => (open.value = currentTarget.open)}>
      <summary>Deliveries</summary>
      {open.value && <Newest webhookId={webhookId} />}
    </details>
  );
}

function Newest({ webhookId }: { webhookId: string }) {
  const newest = useLoaded(webhookId, () =>
    headOf(SHOWN, (page) => headway.webhooks.deliveries(webhookId, page)),
  );
  return (
    <WhenLoaded aloud of={newest}>
      {(found) =>
        found.entries.length === 0 ? (
          <p class="faint">Nothing was sent yet.</p>
        ) : (
          <>
            <HeadNote of={found} />
            <DeliveryTable webhookId={webhookId} deliveries={found.entries} reload={newest.reload} />
          </>
        )
      }
    </WhenLoaded>
  );
}

interface DeliveryTableProps {
  webhookId: string;
  deliveries: readonly Delivery[];
  reload: () => Promise<unknown>;
}

/** Deliveries with their attempts, each of which can be sent again. */
export function DeliveryTable({ webhookId, deliveries, reload }: DeliveryTableProps) {
  const { error, run } = useTask();
  const again = (id: string) => async () => {
    if (await run(() => headway.webhooks.redeliver(webhookId, id))) await reload();
  };
  return (
    <div class="scroll">
      <Failure error={error.value} />
      <table>
        <thead>
          <tr>
            <th scope="col">Event</th>
            <th scope="col">Status</th>
            <th scope="col">Attempts</th>
            <th scope="col">Queued</th>
            <th scope="col">
              <button type="button" onClick={() => void reload()}>
                Refresh
              </button>
            </th>
          </tr>
        </thead>
        <tbody>
          {deliveries.map((delivery) => (
            <tr key={delivery.delivery_id}>
              <td>
                {delivery.job_id ? (
                  <a href={`/ui/jobs/${delivery.job_id}`}>{delivery.event_type}</a>
                ) : (
                  delivery.event_type
                )}
              </td>
              <td>
                <span class={`status tone-${TONES[delivery.status]}`}>{delivery.status}</span>{' '}
                {delivery.next_attempt_at && <Until at={delivery.next_attempt_at} />}
              </td>
              <td>
                <Attempts attempts={delivery.attempts} />
              </td>
              <td>
                <Ago at={delivery.queued_at} />
              </td>
              <td>
                <button type="button" onClick={again(delivery.delivery_id)}>
                  Send again
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** What each attempt came to; opened, when it was, how long it took and what was answered. */
function Attempts({ attempts }: Pick<Delivery, 'attempts'>) {
  if (attempts.length === 0) return <span class="faint">none yet</span>;
  return (
    <details>
      <summary>{attempts.map(attemptText).join(', ')}</summary>
      <ol class="attempts">
        {attempts.map((attempt) => (
          <li key={attempt.at}>
            {attemptText(attempt)} after {count(attempt.duration_ms)} ms, <Ago at={attempt.at} />
            {attempt.answer !== '' && <pre>{attempt.answer}</pre>}
          </li>
        ))}
      </ol>
    </details>
  );
}

function attemptText({ status, error }: Delivery['attempts'][number]): string {
  return String(status ?? error ?? 'no answer');
}
