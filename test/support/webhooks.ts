/** Webhook endpoints as their owner sees them. */
import { runDurableObjectAlarm } from 'cloudflare:test';
import type { Client } from './client';
import { webhookStub } from './objects';
import { type Receiver, until } from './receiver';

export interface MadeWebhook {
  webhook_id: string;
  secret: string;
}

export interface ShownDelivery {
  delivery_id: string;
  event_id: string;
  event_type: string;
  job_id: string | null;
  status: string;
  next_attempt_at: string | null;
  attempts: {
    at: string;
    status: number | null;
    duration_ms: number;
    error: string | null;
    answer: string;
  }[];
}

/**
 * Makes an endpoint for `receiver`, and lets its object do what is due until its host has answered and it is sent events. One
 * that does not answer is left to its test.
 */
export async function makeWebhook(
  client: Client,
  { url, willing = true }: Pick<Receiver, 'url'> & Partial<Pick<Receiver, 'willing'>>,
  fields: Record<string, unknown> = {},
): Promise<MadeWebhook> {
  const answer = await client.post('/api/webhooks', { url, ...fields });
  if (answer.status !== 201) throw new Error(`webhook: ${answer.status} ${answer.text}`);
  const made: MadeWebhook = answer.json;
  if (willing) {
    await until(async () => {
      await runDurableObjectAlarm(webhookStub(client.organization, made.webhook_id));
      return (await stateOf(client, made)) !== 'unanswered';
    });
  }
  return made;
}

export async function stateOf(
  client: Client,
  { webhook_id }: Pick<MadeWebhook, 'webhook_id'>,
): Promise<string> {
  return (await client.get(`/api/webhooks/${webhook_id}`)).json.state;
}

/** The newest deliveries, newest first. */
export async function deliveriesOf(
  client: Client,
  { webhook_id }: Pick<MadeWebhook, 'webhook_id'>,
  query = '?limit=100',
): Promise<ShownDelivery[]> {
  const answer = await client.get(`/api/webhooks/${webhook_id}/deliveries${query}`);
  if (answer.status !== 200) throw new Error(`deliveries: ${answer.status} ${answer.text}`);
  return answer.json.deliveries;
}
