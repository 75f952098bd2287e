/** What an index says of how jobs end follows from the last of each type that did, and from the hours in which they did. */
import { runInDurableObject } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import { DAY, HOUR } from '../../src/domain/base/time';
import { STATUSES } from '../../src/domain/job/job';
import { totalOf } from '../../src/domain/job/stats';
import type { Summary } from '../../src/domain/job/summary';
import type { ListPart } from '../../src/objects/org-index/contract';
import { countingShard, endedAt, PLENTY, START, summaryOf } from '../support/counting-shard';

describe('what has ended', () => {
  it('says how long the last thousand of a type took and how they ended, each hour for itself', async () => {
    const { all, stats } = countingShard();
    const times = Array.from({ length: 1_200 }, (_, n) => n * 60_000);
    await all(times.map((at, n) => endedAt(n, at, n + 0.25, n % 4 === 0 ? { status: 'failed' } : {})));
    await all([endedAt(2_000, DAY, null, { status: 'cancelled' })]);
    const { types, hours } = await stats(START + DAY);
    const [type] = types;
    // Of 999 that were started, from 201.25 s on, the 500th, the 950th and the 990th.
    expect(type).toMatchObject({
      ended: 1_000,
      percentiles: { p50: 700.25, p95: 1_150.25, p99: 1_190.25 },
      usual: { typical: 700.25, long: 1_150.25 },
    });
    expect(type?.outcomes.map(({ outcome, count, share }) => [outcome, count, share])).toEqual([
      ['completed', 750, 0.75],
      ['completed_with_warnings', 0, 0],
      ['partial_success', 0, 0],
      ['failed', 249, 0.249],
      ['cancelled', 1, 0.001],
    ]);
    expect(hours).toHaveLength(336);
    expect(hours.at(-1)).toEqual([START + DAY, [0, 0, 0, 0, 1]]);
    expect(hours.find(([at]) => at === START)).toEqual([START, [45, 0, 0, 15, 0]]);
    expect(hours.reduce((sum, [, counts]) => sum + totalOf(counts), 0)).toBe(1_201);
  });

  it('keeps the last thousand for as long as they are, and the hours of two weeks', async () => {
    const { all, stats, sql, index } = countingShard();
    const days = 40;
    await all(Array.from({ length: days * 20 }, (_, n) => endedAt(n, Math.floor(n / 20) * DAY, n)));
    const now = START + (days - 1) * DAY;
    const { types, hours } = await stats(now);
    expect(types[0]).toMatchObject({ ended: days * 20, percentiles: { p50: days * 10 - 1 } });
    expect(hours.reduce((sum, [, counts]) => sum + totalOf(counts), 0)).toBe(14 * 20);
    const rows = await runInDurableObject(index, (_object, { storage }) =>
      storage.sql.exec('SELECT id FROM job_history').toArray(),
    );
    expect(rows.length).toBeLessThanOrEqual(16);
    // One that is heard of late counts where it ended.
    await all([endedAt(5_000, (days - 3) * DAY + 2 * HOUR, 1)]);
    const late = await stats(now);
    expect(late.hours.find(([at]) => at === START + (days - 3) * DAY + 2 * HOUR)?.[1]).toEqual([
      1, 0, 0, 0, 0,
    ]);
    await sql('DELETE FROM summary');
    expect((await stats(now)).types[0]).toMatchObject({
      ended: days * 20 + 1,
      counts: STATUSES.map(() => 0),
    });
  });

  it('goes on by the hour though some end was by a clock that was ahead', async () => {
    const { all, stats } = countingShard();
    const today = Math.floor(Date.now() / DAY) - START / DAY;
    const endsOn = (day: number, first: number, count: number) =>
      Array.from({ length: count }, (_, n) => endedAt(first + n, (today + day) * DAY + n, 1));
    const ended = async () => {
      const { hours } = await stats(START + (today + 1) * DAY - 1);
      return hours.reduce((sum, [, counts]) => sum + totalOf(counts), 0);
    };
    for (let day = -4; day <= 0; day++) await all(endsOn(day, 100 * (day + 4), 10));
    expect(await ended()).toBe(50);
    await all(endsOn(30, 1_000, 1));
    expect(await ended()).toBe(50);
    for (let day = -12; day <= -5; day++) await all(endsOn(day, 2_000 + 100 * (day + 12), 10));
    expect(await ended()).toBe(130);
    // Days of before those that are shown become one all the same.
    for (let day = -40; day <= -13; day++) await all(endsOn(day, 4_000 + 100 * (day + 40), 1));
    expect(await ended()).toBe(131);
    expect((await stats()).types[0]?.ended).toBe(159);
  });

  it('tells which jobs in progress are slow, when they would end, and how long one takes that is made', async () => {
    const { index, all, stats, publish } = countingShard();
    const now = Date.now();
    const running = (n: number, since: number, fields: Partial<Summary> = {}) =>
      summaryOf(n, 2, { status: 'in_progress', started_at: now - since, created_at: now - since, ...fields });
    const [young, old, other] = [
      running(101, 20_000),
      running(102, 40_000),
      running(103, 90_000, { job_type: 'b' }),
    ];
    await all([young, old, other]);
    const listed = async () => {
      const { jobs } = (await index.list({}, null, 10, 1_000_000)) as ListPart;
      return new Map(jobs.map(({ job_id, slow, expected_at }) => [job_id, { slow, expected_at }]));
    };
    const made = (n: number) => publish(summaryOf(n, 1), { creation: PLENTY });
    await all(Array.from({ length: 9 }, (_, n) => endedAt(n, n, n + 1)));
    expect((await made(200)).typical_seconds).toBeUndefined();
    expect((await listed()).get(old.job_id)).toEqual({ slow: false, expected_at: null });
    await all([endedAt(9, 9, 10)]);
    const receipt = await made(201);
    expect(receipt.typical_seconds).toBe(5);
    const jobs = await listed();
    expect(jobs.get(young.job_id)).toEqual({ slow: false, expected_at: now - 15_000 });
    expect(jobs.get(old.job_id)).toEqual({ slow: true, expected_at: now - 35_000 });
    expect(jobs.get(other.job_id)).toEqual({ slow: false, expected_at: null });
    const { types, slow_complete } = await stats();
    expect(Object.fromEntries(types.map(({ job_type, slow }) => [job_type, slow]))).toEqual({
      import: 1,
      b: 0,
    });
    expect(slow_complete).toBe(true);
  });
});
