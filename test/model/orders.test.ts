/** Whatever order reports arrive in, and however often: the counters come out the same. */
import { describe, expect, inject, it } from 'vitest';
import { type Client, makeClient } from '../support/client.ts';

const COUNTS = [1, 2, 3, 4, 5];

/** All of each order's doublings take minutes; a short run takes two for each, which cover all between them. */
const thorough = inject('modelRuns') > 500;

describe('sequenced reports that each set every counter', () => {
  it.each(COUNTS)(
    'end in the counters of the last, in every order of %i',
    async (count) => {
      const client = await makeClient();
      for (const order of orders(count)) {
        const jobId = await client.createJob();
        let last = -1;
        for (const n of order) {
          const { status, json } = await client.report(jobId, absolute(n));
          expect(status, `${order} at ${n}`).toBe(n > last ? 200 : 409);
          if (n > last) expect(json.applied).toBe(true);
          else expect(json).toMatchObject({ code: 'stale_sequence', last_sequence: last });
          last = Math.max(last, n);
        }
        // A worker that heard no answer sends the one it has outstanding again.
        const { json } = await client.report(jobId, absolute(last));
        expect(json).toMatchObject({ applied: false, reason: 'duplicate', last_sequence: count - 1 });
        const { reporter: _reporter, sequence: _sequence, ...counters } = absolute(count - 1);
        expect(json, `${order}`).toMatchObject(counters);
      }
    },
    120_000,
  );
});

describe('keyed reports with deltas and errors', () => {
  it.each(COUNTS)(
    'end in the same sums, in every order and doubling of %i',
    async (count) => {
      const client = await makeClient();
      for (const [index, order] of orders(count).entries()) {
        const jobId = await client.createJob();
        const doublings = thorough
          ? range(2 ** count)
          : [...new Set([index % 2 ** count, ~index & (2 ** count - 1)])];
        for (const [done, doubled] of doublings.entries()) {
          await sendDoubled(client, jobId, order, doubled);
          const { json } = await client.get(`/api/jobs/${jobId}`);
          expect(sumsOf(json), `${order}, doubled ${doubled.toString(2)}`).toEqual(sums(count, done + 1));
        }
      }
    },
    600_000,
  );
});

/** Sends each report once and the doubled ones twice: every other one at once, the rest after all. */
async function sendDoubled(client: Client, jobId: string, order: number[], doubled: number): Promise<void> {
  const send = (n: number) => client.report(jobId, added(n), { 'Idempotency-Key': `${doubled}.${n}` });
  const first = new Map<number, number>();
  const repeat = async (n: number) => {
    const { status, json, headers } = await send(n);
    expect(status).toBe(200);
    expect(headers.get('Idempotency-Replayed')).toBe('true');
    expect(json).toMatchObject({ applied: true, applied_revision: first.get(n) });
  };
  const later: number[] = [];
  for (const n of order) {
    const { json } = await send(n);
    expect(json.applied).toBe(true);
    first.set(n, json.applied_revision);
    if (((doubled >> n) & 1) === 0) continue;
    if (n % 2 === 0) await repeat(n);
    else later.push(n);
  }
  for (const n of later) await repeat(n);
}

function absolute(n: number) {
  return {
    reporter: 'worker',
    sequence: n,
    total_items: 100 + n,
    processed_items: 10 * n,
    failed_items: (7 * n) % 5,
    warned_items: 5 - n,
  };
}

function added(n: number) {
  const error = { entity_key: 'the feed', error_type: `type ${n % 2}`, message: `number ${n}` };
  return { processed_delta: n + 1, failed_delta: n * n, warned_delta: 3, errors: Array(n).fill(error) };
}

/** What `times` rounds of the first `count` reports add up to. */
function sums(count: number, times: number) {
  const all = range(count).map(added);
  const sum = (of: (report: ReturnType<typeof added>) => number) =>
    times * all.reduce((all, one) => all + of(one), 0);
  const errors = (type: string) =>
    sum((one) => one.errors.filter((error) => error.error_type === type).length);
  const byType = { 'type 0': errors('type 0'), 'type 1': errors('type 1') };
  return {
    processed_items: sum((one) => one.processed_delta),
    failed_items: sum((one) => one.failed_delta),
    warned_items: sum((one) => one.warned_delta),
    errors_total: byType['type 0'] + byType['type 1'],
    errors_by_type: Object.fromEntries(Object.entries(byType).filter(([, total]) => total > 0)),
    revision: 1 + times * count,
  };
}

function sumsOf(job: Record<string, unknown>) {
  const { processed_items, failed_items, warned_items, errors_total, errors_by_type, revision } = job;
  return { processed_items, failed_items, warned_items, errors_total, errors_by_type, revision };
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, n) => n);
}

/** Every order of 0 … count − 1. */
function orders(count: number): number[][] {
  if (count === 0) return [[]];
  return orders(count - 1).flatMap((shorter) =>
    range(count).map((place) => shorter.toSpliced(place, 0, count - 1)),
  );
}
