/** What a delivery costs beyond itself, while events come at an even rate. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { bundleWorker } from '../bundle.ts';
import { Farm, Receiver } from './receivers.ts';
import { Tenant } from './tenant.ts';

/** Rows of a delivery itself: it is queued, and settled with its one attempt. */
const OWN_ROWS = 2;

export interface Cost {
  deliveries: number;
  perSecond: number;
  rowsBeyond: number;
  requestsBeyond: number;
}

type Counts = Record<'rows' | 'indexAlarms' | 'pulls' | 'pokes' | 'settings' | 'alarms', number>;

/** Creates jobs at `perSecond` for `seconds`, with one healthy endpoint. */
export async function measureCost(
  folder: string,
  serviceBundle: string,
  perSecond: number,
  seconds: number,
): Promise<Cost> {
  const bundleDir = join(folder, 'cost-bundle');
  await bundleWorker('bench/farm/worker.ts', bundleDir, serviceBundle);
  const receiver = new Receiver('healthy', null, 0);
  const farm = await Farm.open([receiver]);
  const tenant = await Tenant.start(join(folder, 'cost'), bundleDir, {});
  try {
    const made = await tenant.post('/api/webhooks', { url: farm.url(receiver) });
    receiver.secret = made.secret as string;
    await tenant.untilActive(made.webhook_id as string);
    const before = await counts(tenant);
    const began = performance.now();
    const total = perSecond * seconds;
    const asked: Promise<unknown>[] = [];
    for (let n = 0; n < total; n++) {
      await sleep(Math.max(began + (n * 1_000) / perSecond - performance.now(), 0));
      asked.push(tenant.post('/api/jobs/', { job_type: 'import', total_items: 1 }));
    }
    await Promise.all(asked);
    const rate = (total * 1_000) / (performance.now() - began);
    while (receiver.requests.size < total) await sleep(50);
    await sleep(3_000);
    const after = await counts(tenant);
    const grown = (name: keyof Counts) => after[name] - before[name];
    if (grown('rows') === 0) throw new Error('the endpoint wrote nothing, or not by exec');
    const rows = grown('rows') + grown('indexAlarms') - OWN_ROWS * total;
    const requests =
      grown('pulls') + grown('pokes') + grown('settings') + grown('alarms') + grown('indexAlarms');
    return { deliveries: total, perSecond: rate, rowsBeyond: rows / total, requestsBeyond: requests / total };
  } finally {
    await tenant.service.stop();
    await farm.close();
  }
}

async function counts(tenant: Tenant): Promise<Counts> {
  return (await tenant.get('/webhook-counts')) as Counts;
}
