/** docs/cost.md says what is billed for what is done; here it is done and counted. */
import { runInDurableObject } from 'cloudflare:test';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import document from '../../docs/cost.md?raw';
import { JobDO } from '../../src/objects/job/job-do';
import { OrgDO } from '../../src/objects/org/org-do';
import { OrgIndexDO } from '../../src/objects/org-index/org-index-do';
import { WebhookDO } from '../../src/objects/webhook/webhook-do';
import { CREDENTIAL_HELD } from '../../src/services/access/caller';
import { type Client, makeClient } from '../support/client';
import { indexStub } from '../support/objects';
import { openReceivers, Receiver, until } from '../support/receiver';
import { makeWebhook } from '../support/webhooks';

interface Bill {
  requests: number;
  objects: number;
  written: number;
  read: number;
}

/** Dollars a million, by the price list that the document names. */
const PRICES: Bill = { requests: 0.3, objects: 0.15, written: 1, read: 0.001 };
const NOTHING: Bill = { requests: 0, objects: 0, written: 0, read: 0 };

const bill: Bill = { ...NOTHING };
let client: Client;
beforeAll(async () => {
  openReceivers();
  client = await makeClient();
  await client.createJob();
  await runInDurableObject(indexStub(client.organization), (_object, { storage }) => {
    wrap(Object.getPrototypeOf(storage.sql), 'exec', (cursor) =>
      queueMicrotask(() => {
        const { rowsWritten, rowsRead } = cursor as SqlStorageCursor<Record<string, SqlStorageValue>>;
        bill.written += rowsWritten;
        bill.read += rowsRead;
      }),
    );
    wrap(Object.getPrototypeOf(storage), 'setAlarm', () => {
      bill.written += 1;
    });
  });
  for (const { prototype } of [JobDO, OrgDO, OrgIndexDO, WebhookDO]) {
    for (const name of methodsOf(prototype))
      wrap(prototype, name, () => {
        bill.objects += 1;
      });
  }
});

// biome-ignore lint/suspicious/noExplicitAny: any method of any object
type Methods = Record<string, any>;

function wrap(prototype: Methods, name: string, told: (answer: unknown) => void): void {
  const original = prototype[name];
  prototype[name] = function wrapped(this: unknown, ...args: never[]) {
    const answer = original.apply(this, args);
    told(answer);
    return answer;
  };
}

/** What an object is called by from outside. */
function methodsOf(prototype: Methods): string[] {
  const names: string[] = [];
  for (
    let at = prototype;
    at.constructor.name.startsWith('Org') || at === prototype;
    at = Object.getPrototypeOf(at)
  )
    names.push(
      ...Object.getOwnPropertyNames(at).filter(
        (name) =>
          name !== 'constructor' && typeof Object.getOwnPropertyDescriptor(at, name)?.value === 'function',
      ),
    );
  return [...new Set(names)];
}

/** What `requests` of a worker come to, once nothing of them is under way. */
async function count(requests: number, work: () => Promise<unknown>): Promise<Bill> {
  Object.assign(bill, NOTHING);
  await work();
  await runInDurableObject(indexStub(client.organization), () => undefined);
  return { ...bill, requests };
}

/** The rows of the document's table, by what is done. */
function documented(): Map<string, Bill & { dollars: string }> {
  const cells = document
    .split('\n')
    .filter((line) => /^\| [^|]+ \| \d/.test(line))
    .map((line) => line.split('|').map((cell) => cell.trim()));
  return new Map(
    cells.map(([, name = '', requests, objects, written, read, dollars = '']) => {
      const numbers = [requests, objects, written, read].map((cell) =>
        Number((cell ?? '').replaceAll(',', '')),
      );
      const [a = 0, b = 0, c = 0, d = 0] = numbers;
      return [name, { requests: a, objects: b, written: c, read: d, dollars }];
    }),
  );
}

const table = documented();

async function expectBill(name: string, found: Bill): Promise<void> {
  const { dollars: _, ...said } = table.get(name) ?? { dollars: '' };
  // Rows that are read follow from how much there is; they may be fewer.
  expect({ ...found, read: 0 }, name).toEqual({ ...said, read: 0 });
  expect(found.read, `${name}: rows read`).toBeLessThanOrEqual((said as Bill).read);
}

describe('what is billed', () => {
  it('of a whole job of 100 reports is as much as the document says', async () => {
    const found = await count(102, async () => {
      const id = await client.createJob();
      for (let n = 1; n <= 100; n++) await client.report(id, { processed_items: n });
      await client.report(id, { mark_completed: true });
    });
    await expectBill('whole job of 100 reports', found);
  });

  it('is as much as the document says', async () => {
    const started = async () => {
      const id = await client.createJob();
      await client.report(id, { mark_started: true, processed_items: 1 });
      await client.report(id, { processed_items: 2 });
      return id;
    };
    await expectBill('create', await count(1, () => client.createJob()));
    const id = await started();
    await expectBill('report', await count(1, () => client.report(id, { processed_items: 3 })));
    const reports = Array.from({ length: 100 }, () => ({ processed_delta: 1 }));
    await expectBill(
      'batch of 100 reports',
      await count(1, () => client.post(`/api/jobs/${id}/progress/batch`, { reports })),
    );
    await expectBill('end', await count(1, () => client.report(id, { mark_completed: true })));
    const other = await started();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 2_000 });
    await expectBill('poll', await count(1, () => client.get(`/api/jobs/${other}`)));
    for (let n = 0; n < 50; n++) await client.createJob();
    await expectBill('list of 50', await count(1, () => client.get('/api/jobs/?limit=50')));
    vi.useRealTimers();
  });

  it('of a delivery is as much as the document says', async () => {
    client = await makeClient();
    await client.createJob();
    const receiver = new Receiver();
    const webhook = await makeWebhook(client, receiver, { event_types: ['job.created'] });
    const found = await count(0, async () => {
      await client.createJob();
      await until(async () => {
        const { json } = await client.get(`/api/webhooks/${webhook.webhook_id}/deliveries`);
        return receiver.received.length === 1 && json.deliveries[0]?.status === 'delivered';
      });
    });
    const [made, delivery] = [table.get('create'), table.get('delivery of an event')];
    const written = found.written - (made?.written ?? 0);
    expect(written).toBeGreaterThan(0);
    expect(written).toBeLessThanOrEqual(delivery?.written ?? 0);
  });

  it('of an hour’s watching is a look at the credential each time it is due', () => {
    const looks = Math.ceil(3_600_000 / CREDENTIAL_HELD);
    expect(table.get('watch for an hour')).toMatchObject({ requests: 1, objects: 1 + looks, written: 0 });
  });

  it('is priced as the document says', () => {
    expect(table.size).toBeGreaterThanOrEqual(8);
    for (const [name, { dollars, ...units }] of table) {
      const sum = Object.entries(units).reduce((all, [unit, n]) => all + n * PRICES[unit as keyof Bill], 0);
      expect([name, dollars]).toEqual([name, sum.toFixed(2)]);
    }
  });
});
