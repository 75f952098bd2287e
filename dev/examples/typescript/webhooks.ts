import { Headway } from '@headway-progress/client';

const headway = Headway.fromEnv();

//# createWebhook
const { webhook_id, secret } = await headway.webhooks.create({
  url: 'https://hooks.example.com/headway',
  event_types: ['job.completed', 'job.failed'],
  description: 'The bot',
});
console.log(webhook_id, secret.length);

//# listWebhooks
for await (const { url, enabled } of headway.webhooks.list()) console.log(url, enabled);

//# getWebhook
console.log((await headway.webhooks.get(webhook_id)).event_types);

//# changeWebhook
await headway.webhooks.change(webhook_id, { event_types: ['job.failed'] });

//# rotateWebhook
console.log((await headway.webhooks.rotate(webhook_id)).secret !== secret);

//# testWebhook
const { delivery_id, status } = await headway.webhooks.test(webhook_id);
console.log(status);

//# listDeliveries
for await (const { event_type, status } of headway.webhooks.deliveries(webhook_id)) {
  console.log(event_type, status);
}

//# redeliver
await headway.webhooks.redeliver(webhook_id, delivery_id);

//# deleteWebhook
await headway.webhooks.delete(webhook_id);
