import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { expect, it } from 'vitest';
import type { Attempt, Message } from '../../src/domain/webhook/webhook';
import { migrateByTable } from '../../src/objects/kit/migrate';
import type { DeliveryPage } from '../../src/objects/webhook/contract';
import { SCAN } from '../../src/objects/webhook/delivery-log';
import { WEBHOOK_MIGRATIONS } from '../../src/objects/webhook/webhook-schema';
import { type State, WebhookStore } from '../../src/objects/webhook/webhook-store';

const DAY = 86_400_000;
const START = Date.UTC(2026, 10, 22);

function withStore(work: (store: WebhookStore, rows: () => number) => void): Promise<void> {
  const stub = env.WEBHOOK.getByName(`store/${crypto.randomUUID()}`);
  return runInDurableObject(stub, (_object, { storage }) => {
    let written = 0;
    const exec: SqlStorage['exec'] = (query, ...values) => {
      const cursor = storage.sql.exec(query, ...values);
      written += cursor.rowsWritten;
      return cursor as never;
    };
    const store = new WebhookStore({ exec } as unknown as SqlStorage);
    store.begin({ 0: { seq: 0, origin: 0 } }, START);
    work(store, () => written);
  });
}

const state = (store: WebhookStore) => store.state() as State;
const messages = (count: number, from = 0): Message[] =>
  Array.from({ length: count }, (_, index) => {
    const id = `j${from + index}`;
    return { event_id: `${id}.1.job.created`, type: 'job.created', job_id: id, revision: 1, body: '{}' };
  });
const attempt = (at: number, status = 500): Attempt => ({
  at,
  status,
  duration_ms: 1,
  error: null,
  answer: '',
});

it('a page costs a row for each message and one for the position; an attempt costs one', () =>
  withStore((store, rows) => {
    store.take(state(store), 0, 50, messages(50), START);
    const before = rows();
    store.take(state(store), 0, 100, messages(50, 50), START);
    expect(rows() - before).toBe(51);
    expect(state(store).positions[0]).toEqual({ seq: 100, origin: 0 });
    const settled = rows();
    store.settle(1, { attempt: attempt(START, 200), status: 'delivered', tries: 1, retryAt: null }, null);
    expect(rows() - settled).toBe(1);
    store.settle(2, { attempt: attempt(START), status: 'retrying', tries: 1, retryAt: START + 1 }, null);
    expect(rows() - settled).toBe(3);
  }));

it('what was not tried yet is found again behind the mark', () =>
  withStore((store) => {
    const parcels = store.take(state(store), 0, 3, messages(3), START);
    expect(parcels.map(({ n }) => n)).toEqual([1, 2, 3]);
    store.settle(2, { attempt: attempt(START), status: 'retrying', tries: 1, retryAt: START + 5 }, null);
    expect(store.log.untried(0).map(({ n }) => n)).toEqual([1, 3]);
    expect(store.log.untried(1).map(({ n }) => n)).toEqual([3]);
    expect(store.retries(10)).toEqual([{ at: START + 5, n: 2 }]);
  }));

it('14 days are kept at least, 20 at most; what still waits outlives its table', () =>
  withStore((store) => {
    for (let day = 0; day < 60; day++) {
      const now = START + day * DAY;
      const [parcel] = store.take(state(store), 0, day, messages(1, day), now);
      const n = parcel?.n ?? 0;
      const status = day === 7 ? 'retrying' : 'delivered';
      const retryAt = day === 7 ? START + 90 * DAY : null;
      store.settle(n, { attempt: attempt(now, 200), status, tries: 1, retryAt }, null);
      const kept = store.log
        .page({}, Number.MAX_SAFE_INTEGER, 100)
        .deliveries.filter((one) => one.status !== 'retrying');
      expect(kept.map((one) => one.n)).toEqual([...kept.map((one) => one.n)].sort((a, b) => b - a));
      const oldest = Math.min(...kept.map(({ queued_at }) => queued_at));
      const age = (now - oldest) / DAY;
      expect(age).toBeLessThanOrEqual(20);
      if (day >= 20) expect(age).toBeGreaterThanOrEqual(14);
    }
    expect(store.log.parcel(8)).toMatchObject({ event_id: 'j7.1.job.created', tries: 1 });
    expect(store.log.page({ status: ['retrying'] }, Number.MAX_SAFE_INTEGER, 9).deliveries).toHaveLength(1);
  }));

it('a list is filtered by status, event and job, and read page by page', () =>
  withStore((store) => {
    store.take(state(store), 0, 9, messages(9), START);
    store.settle(4, { attempt: attempt(START, 200), status: 'delivered', tries: 1, retryAt: null }, null);
    const numbers = (filter: Parameters<typeof store.log.page>[0], before = 100, limit = 100) =>
      store.log.page(filter, before, limit).deliveries.map(({ n }) => n);
    expect(numbers({ status: ['delivered'] })).toEqual([4]);
    expect(numbers({ status: ['delivered', 'pending'] })).toHaveLength(9);
    expect(numbers({ job_id: 'j2' })).toEqual([3]);
    expect(numbers({ event_id: 'j5.1.job.created' })).toEqual([6]);
    expect(numbers({ event_type: 'job.failed' })).toEqual([]);
    expect(numbers({}, 100, 4)).toEqual([9, 8, 7, 6]);
    expect(numbers({}, 6, 4)).toEqual([5, 4, 3, 2]);
  }));

it('redelivered, a delivery keeps its attempts and begins its schedule anew', () =>
  withStore((store) => {
    store.take(state(store), 0, 1, messages(1), START);
    store.settle(1, { attempt: attempt(START), status: 'exhausted', tries: 10, retryAt: null }, null);
    store.redeliver(1, START + 5);
    expect(store.retries(9)).toEqual([{ at: START + 5, n: 1 }]);
    store.redeliver(1, START + 6);
    expect(store.retries(9)).toEqual([{ at: START + 6, n: 1 }]);
    expect(store.log.parcel(1)).toMatchObject({ tries: 0 });
    store.settle(
      1,
      { attempt: attempt(START + 6, 200), status: 'delivered', tries: 1, retryAt: null },
      START + 6,
    );
    expect(store.retryCount()).toBe(0);
    expect(store.log.page({}, 9, 9).deliveries[0]?.attempts.map(({ status }) => status)).toEqual([500, 200]);
  }));

it('attempts kept of one delivery are bounded', () =>
  withStore((store) => {
    store.take(state(store), 0, 1, messages(1), START);
    for (let tries = 1; tries <= 50; tries++) {
      store.settle(1, { attempt: attempt(START + tries), status: 'exhausted', tries, retryAt: null }, null);
    }
    expect(store.log.page({}, 9, 9).deliveries[0]?.attempts.map(({ at }) => at - START)).toEqual(
      Array.from({ length: 20 }, (_, index) => 31 + index),
    );
  }));

it('redelivered while its retry is in flight, a delivery has one schedule', () =>
  withStore((store) => {
    store.take(state(store), 0, 1, messages(1), START);
    const failed = (tries: number, retryAt: number) =>
      ({ attempt: attempt(START), status: 'retrying', tries, retryAt }) as const;
    store.settle(1, failed(1, START + 100), null);
    store.redeliver(1, START + 150);
    // The flight of the retry at 100 fails: what was asked for since then stands.
    expect(store.settle(1, failed(2, START + 300_000), START + 100)).toBe('retrying');
    expect(store.retries(9)).toEqual([{ at: START + 150, n: 1 }]);
    expect(store.log.parcel(1)).toMatchObject({ tries: 0, due_at: START + 150 });
    store.settle(1, failed(1, START + 200), START + 150);
    store.redeliver(1, START + 160);
    // This one delivers: nothing is left to send.
    const delivered = { attempt: attempt(START, 204), status: 'delivered', tries: 2, retryAt: null } as const;
    store.settle(1, delivered, START + 200);
    expect(store.retries(9)).toEqual([]);
    expect(store.log.page({}, 9, 9).deliveries[0]).toMatchObject({
      status: 'delivered',
      next_attempt_at: null,
    });
  }));

it('a filter that matches nothing looks at so many rows a page, and comes to the end of the log', () =>
  withStore((store) => {
    for (let from = 0; from < 4_500; from += 500)
      store.take(state(store), 0, from, messages(500, from), START);
    const pages: [number, number | null][] = [];
    for (let before: number | null = Number.MAX_SAFE_INTEGER; before !== null; ) {
      const page: DeliveryPage = store.log.page({ job_id: 'j10' }, before, 50);
      pages.push([page.deliveries.length, page.next]);
      before = page.next;
    }
    expect(pages).toEqual([
      [0, 4_500 - SCAN + 1],
      [0, 4_500 - 2 * SCAN + 1],
      [1, null],
    ]);
  }));

it('the count of retries is kept, and read again after a change that was rolled back', () =>
  withStore((store) => {
    store.take(state(store), 0, 3, messages(3), START);
    expect(store.retryCount()).toBe(0);
    for (const n of [1, 2])
      store.settle(n, { attempt: attempt(START), status: 'retrying', tries: 1, retryAt: START + n }, null);
    expect(store.retryCount()).toBe(2);
    store.redeliver(1, START + 9);
    expect(store.retryCount()).toBe(2);
    store.settle(
      2,
      { attempt: attempt(START, 200), status: 'delivered', tries: 2, retryAt: null },
      START + 2,
    );
    expect(store.retryCount()).toBe(1);
    store.forget();
    expect(store.retryCount()).toBe(1);
  }));

it('tables of an older build are brought up to date: nothing lost stays lost, nothing is scheduled twice', () => {
  const stub = env.WEBHOOK.getByName(`store/${crypto.randomUUID()}`);
  return runInDurableObject(stub, (_object, { storage: { sql } }) => {
    migrateByTable(sql, WEBHOOK_MIGRATIONS, 1);
    sql.exec("INSERT INTO state VALUES ('{}', 3, 5, 7, NULL, 0, ?, 1)", START);
    const insert = (n: number, status: string) =>
      sql.exec(
        `INSERT INTO delivery_0 VALUES (?, ?, ?, 'job.created', 'j', 1, ?, 0, '[]', NULL, '{}')`,
        ...[n, START + n, `e${n}`, status],
      );
    for (const [n, status] of [
      [1, 'pending'],
      [2, 'retrying'],
      [3, 'delivered'],
      [4, 'pending'],
    ] as const)
      insert(n, status);
    sql.exec('INSERT INTO retry VALUES (?, 2), (?, 2)', START + 500, START + 900);
    const store = new WebhookStore(sql);
    store.upgrade();
    store.upgrade();
    expect(store.state()).toMatchObject({ settled_through: 3, failing_since: null });
    expect(store.log.untried(3).map(({ n }) => n)).toEqual([4]);
    expect([...store.dueTrips(START + 1_000)].map(({ parcel }) => parcel.n)).toEqual([1, 2]);
    expect(store.retryCount()).toBe(2);
    expect(store.log.parcel(1)).toMatchObject({ status: 'retrying', tries: 0, due_at: START + 1 });
  });
});
