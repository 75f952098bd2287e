/** The loop: a partner's webhook makes a job, a webhook wakes a worker, its completion is told to a buyer. */
import { createHmac } from 'node:crypto';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import type { Headway } from '../../src/client/index.ts';
import { type Delivered, type Receiver, startReceiver } from './receiver.ts';
import type { Story } from './story.ts';

const PARTNER_SECRET = 'a secret that partner and hook share';
const ITEMS = 200;

/** Plays it once; resolves when the buyer has been told. */
export async function playLoop(headway: Headway, story: Story): Promise<void> {
  const receivers: Receiver[] = [];
  try {
    await new Promise<void>((told, broke) => {
      void prepare(headway, story, receivers, told, broke)
        .then((hook) => push(hook, story))
        .catch(broke);
    });
  } finally {
    for (const receiver of receivers) receiver.close();
  }
}

/** Sets hook, endpoints and receivers up; the hook's URL. */
async function prepare(
  headway: Headway,
  story: Story,
  receivers: Receiver[],
  told: () => void,
  broke: (cause: unknown) => void,
): Promise<string> {
  const worker = await startReceiver((event) => {
    story.tell('Headway', `delivers ${event.type}`, `signed, id ${short(event.id)}`);
    work(headway, story, event).catch(broke);
  });
  const buyer = await startReceiver((event) => {
    story.tell('Headway', `delivers ${event.type}`, `signed, id ${short(event.id)}`);
    story.tell(
      'buyer',
      `knows: ${event.data.status}, ${event.data.progress_percentage}%`,
      'verified by svix',
    );
    told();
  });
  receivers.push(worker, buyer);
  const { url: hook } = await headway.hooks.create({
    name: 'catalogue',
    verification: { scheme: 'github', secret: PARTNER_SECRET },
    mapping: {
      action: 'create',
      from: { triggered_by: '/pusher/name', 'metadata.repository': '/repository/full_name' },
      set: { job_type: 'import', total_items: 0 },
    },
  });
  const { webhooks } = headway;
  const toWorker = await webhooks.create({ url: worker.url, event_types: ['job.created'] });
  const woken = new StandardWebhook(toWorker.secret);
  worker.trust((body, headers) => woken.verify(body, headers));
  const toBuyer = await webhooks.create({ url: buyer.url, event_types: ['job.completed', 'job.failed'] });
  const informed = new SvixWebhook(toBuyer.secret);
  buyer.trust((body, headers) => informed.verify(body, headers));
  story.tell('Headway', 'has a hook for the partner, an endpoint for the worker, one for the buyer');
  return hook;
}

/** The partner pushes, and signs as GitHub does. */
async function push(hook: string, story: Story): Promise<void> {
  const body = JSON.stringify({
    ref: 'refs/heads/main',
    after: '6dcb09b5b57875f334f61aebed695e2e4193db5e',
    repository: { full_name: 'partner/catalogue' },
    pusher: { name: 'mona' },
  });
  const signature = createHmac('sha256', PARTNER_SECRET).update(body).digest('hex');
  story.tell('partner', 'pushes to its catalogue and posts a webhook', 'X-Hub-Signature-256');
  const response = await fetch(hook, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-Hub-Signature-256': `sha256=${signature}` },
    body,
  });
  const answer = await response.text();
  if (response.status !== 202) throw new Error(`the hook answered ${response.status} ${answer}`);
  story.tell(
    'Headway',
    'verifies it and creates a job',
    `202, job ${short((JSON.parse(answer) as { job_id: string }).job_id)}`,
  );
}

async function work(headway: Headway, story: Story, { job_id }: Delivered): Promise<void> {
  await using job = headway.attach(job_id);
  story.tell('worker', 'wakes up and takes the job', 'verified by standardwebhooks');
  job.report({ mark_started: true, total_items: ITEMS });
  for (const processed_items of [ITEMS / 4, ITEMS / 2, (3 * ITEMS) / 4]) {
    job.report({ processed_items, message: `${processed_items} products` });
    await job.flush();
    const { progress_percentage } = await headway.get(job_id);
    story.tell('worker', `reports ${processed_items} of ${ITEMS}`, bar(progress_percentage));
  }
  story.tell('worker', 'is done', bar(100));
  job.report({ processed_items: ITEMS, mark_completed: true });
}

function bar(percent: number): string {
  const filled = Math.round(percent / 5);
  return `${'█'.repeat(filled)}${'░'.repeat(20 - filled)} ${percent}%`;
}

/** An id as far as people tell it apart, with what follows its job. */
function short(id: string): string {
  const [job = '', ...rest] = id.split('.');
  return [`${job.slice(0, 8)}…`, ...rest].join('.');
}
