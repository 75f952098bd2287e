import { useSignal } from '@preact/signals';
import { firstOf } from '../../../client/first-of.ts';
import type { Job } from '../../../client/page.ts';
import { useLoaded } from '../../parts/use-task.ts';
import { WhenLoaded } from '../../parts/when-loaded.tsx';
import { headway } from '../../service.ts';
import { DeliveryTable } from '../webhooks/deliveries.tsx';

/** Endpoints that are looked at, and deliveries that are shown of each, the newest. */
const ENDPOINTS = 100;
const SHOWN = 50;

/** What webhook endpoints were sent of a job’s events. */
export function SentEvents({ job }: { job: Job }) {
  const open = useSignal(false);
  return (
    <details class="group" onToggle={({ currentTarget }) => (open.value = currentTarget.open)}>
      <summary>Deliveries of its events</summary>
      {open.value && <ByEndpoint jobId={job.job_id} />}
    </details>
  );
}

function ByEndpoint({ jobId }: { jobId: string }) {
  const sent = useLoaded(jobId, () => deliveriesOf(jobId));
  return (
    <WhenLoaded of={sent}>
      {(found) =>
        found.length === 0 ? (
          <p class="faint">
            No endpoint was sent any of them. <a href="/ui/webhooks">Webhooks</a> has the endpoints.
          </p>
        ) : (
          found.map(({ webhook, deliveries }) => (
            <section key={webhook.webhook_id} aria-label={webhook.url}>
              <h3>{webhook.url}</h3>
              <DeliveryTable webhookId={webhook.webhook_id} deliveries={deliveries} reload={sent.reload} />
            </section>
          ))
        )
      }
    </WhenLoaded>
  );
}

/** The endpoints that were sent something of a job, each with that. */
async function deliveriesOf(job_id: string) {
  const webhooks = await firstOf(headway.webhooks.list(), ENDPOINTS);
  const found = await Promise.all(
    webhooks.map(async (webhook) => {
      const sent = headway.webhooks.deliveries(webhook.webhook_id, { job_id, limit: SHOWN });
      return { webhook, deliveries: await firstOf(sent, SHOWN) };
    }),
  );
  return found.filter(({ deliveries }) => deliveries.length > 0);
}
