import { useSignal } from '@preact/signals';
import type { Job } from '../../../client/page.ts';
import { HeadNote, headOf } from '../../parts/head.tsx';
import { count } from '../../parts/number.ts';
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
    <WhenLoaded aloud of={sent}>
      {({ found, hasMore }) => (
        <>
          {found.length === 0 && (
            <p class="faint">
              No endpoint was sent any of them. <a href="/ui/webhooks">Webhooks</a> has the endpoints.
            </p>
          )}
          {hasMore && <p class="hint">{count(ENDPOINTS)} endpoints were looked at; there are more.</p>}
          {found.map(({ webhook, newest }) => (
            <section key={webhook.webhook_id} aria-label={webhook.url}>
              <h3>{webhook.url}</h3>
              <HeadNote of={newest} />
              <DeliveryTable
                webhookId={webhook.webhook_id}
                deliveries={newest.entries}
                reload={sent.reload}
              />
            </section>
          ))}
        </>
      )}
    </WhenLoaded>
  );
}

/** The endpoints that were sent something of a job, each with that, and whether there are others that were not asked. */
async function deliveriesOf(job_id: string) {
  const { entries: webhooks, hasMore } = await headOf(ENDPOINTS, () => headway.webhooks.list());
  const asked = await Promise.all(
    webhooks.map(async (webhook) => {
      const sentTo = (page: { limit: number }) =>
        headway.webhooks.deliveries(webhook.webhook_id, { job_id, ...page });
      return { webhook, newest: await headOf(SHOWN, sentTo) };
    }),
  );
  return { found: asked.filter(({ newest }) => newest.entries.length > 0), hasMore };
}
