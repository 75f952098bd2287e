import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PUBLISH_INTERVAL, type Publication, type Receipt } from '../../src/domain/feed/publication';
import { UNWATCHED_INTERVAL } from '../../src/domain/feed/publishing-pace';
import type { Summary } from '../../src/domain/job/summary';
import { JobDO } from '../../src/objects/job/job-do';
import { OrgIndexDO } from '../../src/objects/org-index/org-index-do';
import { type Client, makeClient } from '../support/client';
import { countRows } from '../support/count-rows';
import { countWrites } from '../support/count-writes';
import { indexStub, jobStub } from '../support/objects';
import { until } from '../support/receiver';

/** Progress goes to the index as often as somebody looks, and costs rows accordingly. */

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** What the index sends with a receipt; null for what it says by itself. */
let interval: number | null;
let publications: Publication[];
let client: Client;
let jobId: string;
let stub: DurableObjectStub<JobDO>;
let now: number;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  // Far enough ahead that no alarm goes off by itself, and as an hour begins: in each a key notes its first use, a row.
  now = Math.ceil(Date.now() / HOUR) * HOUR + 10 * DAY;
  vi.setSystemTime(now);
  [interval, publications] = [null, []];
  const publish = OrgIndexDO.prototype.publish;
  vi.spyOn(OrgIndexDO.prototype, 'publish').mockImplementation(async function (
    this: OrgIndexDO,
    publication,
  ): Promise<Receipt> {
    publications.push(publication);
    const receipt = await publish.call(this, publication);
    return { ...receipt, interval: interval ?? receipt.interval };
  });
  client = await makeClient();
  jobId = await client.createJob({ total_items: 1_000_000 });
  stub = (await jobStub(client.organization, jobId)) as DurableObjectStub<JobDO>;
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

function at(ms: number): void {
  now = ms;
  vi.setSystemTime(now);
}

function alarmOf(): Promise<number | null> {
  return runInDurableObject(stub, (_job, { storage }) => storage.getAlarm());
}

/** Lets `ms` go by, and the alarm go off where it is due by then. */
async function pass(ms: number): Promise<void> {
  const until = now + ms;
  for (let alarm = await alarmOf(); alarm !== null && alarm <= until; alarm = await alarmOf()) {
    at(Math.max(alarm, now));
    await runDurableObjectAlarm(stub);
  }
  at(until);
}

async function report(done: number): Promise<void> {
  expect((await client.report(jobId, { processed_items: done })).status).toBe(200);
  // What follows the answer is done with before the clock goes on.
  await runInDurableObject(stub, () => undefined);
}

async function listed(): Promise<number> {
  const [summary] = (await indexStub(client.organization).list({}, null, 1)) as Summary[];
  return summary?.processed_items ?? -1;
}

/** Reports one after another, `every` ms; what they and all that follows from them write. */
function costOf(count: number, every: number, before = async () => {}) {
  return countWrites(stub, async () => {
    for (let done = 1; done <= count; done++) {
      await before();
      await pass(every);
      await report(done);
    }
  });
}

describe('rows a report', () => {
  it('one every 15 s that nobody looks at: 1.1 at most', async () => {
    await client.report(jobId, { mark_started: true });
    const { rows, alarms } = await costOf(72, 15_000);
    expect((rows + alarms) / 72).toBeLessThanOrEqual(1.1);
  });

  it('the same where the object is put away between any two', async () => {
    await client.report(jobId, { mark_started: true });
    await evictDurableObject(stub);
    const { rows, alarms } = await costOf(72, 15_000, () => evictDurableObject(stub));
    expect((rows + alarms) / 72).toBeLessThanOrEqual(1.1);
  });

  it('ten a second while somebody looks: 1.2 at most, an alarm an interval at most', async () => {
    interval = PUBLISH_INTERVAL;
    await client.report(jobId, { mark_started: true });
    const { rows, alarms } = await costOf(100, 100);
    expect(alarms).toBeLessThanOrEqual(6);
    expect((rows + alarms) / 100).toBeLessThanOrEqual(1.2);
    // Of creation, start and five intervals.
    expect(publications.length).toBeGreaterThanOrEqual(6);
  });
});

describe('where nobody looks', () => {
  beforeEach(async () => {
    await client.report(jobId, { mark_started: true });
    publications.length = 0;
  });

  it('progress is published within ten minutes, by the alarm where no report does', async () => {
    await pass(1_000);
    await report(1);
    expect(publications.length).toBe(0);
    expect(((await alarmOf()) ?? Number.POSITIVE_INFINITY) - now).toBeLessThanOrEqual(600_000);
    await pass(600_000);
    expect(publications.length).toBe(1);
    await pass(DAY);
    expect(publications.length).toBe(1);
  });

  it('the first report after nine minutes publishes, and its object knows that after it was put away', async () => {
    await pass(UNWATCHED_INTERVAL);
    await report(1);
    expect(publications.length).toBe(1);
    await evictDurableObject(stub);
    await pass(15_000);
    await report(2);
    expect(publications.length).toBe(1);
  });

  it('a stage is published at once, and health that is well again', async () => {
    await client.report(jobId, { processed_items: 1, stage: 'writing' });
    await until(async () => publications.at(-1)?.summary.stage === 'writing');
  });

  it('a report leaves no timer behind', async () => {
    const pending = new Set<unknown>();
    const [set, clear, wait] = [setTimeout, clearTimeout, scheduler.wait.bind(scheduler)];
    vi.spyOn(globalThis, 'setTimeout').mockImplementation(((run: () => void, ms?: number) => {
      const timer = set(() => {
        pending.delete(timer);
        run();
      }, ms);
      pending.add(timer);
      return timer;
    }) as typeof setTimeout);
    vi.spyOn(globalThis, 'clearTimeout').mockImplementation((timer) => {
      pending.delete(timer);
      clear(timer as never);
    });
    vi.spyOn(scheduler, 'wait').mockImplementation(async (ms, options) => {
      const waiting = {};
      pending.add(waiting);
      await wait(ms, options);
      pending.delete(waiting);
    });
    await pass(100);
    await report(1);
    await pass(100);
    await report(2);
    await set(() => undefined, 0);
    expect(pending.size).toBe(0);
  });
});

describe('a look', () => {
  beforeEach(async () => {
    await client.report(jobId, { mark_started: true });
    await pass(60_000);
    await report(7);
    publications.length = 0;
  });

  it('at an unwatched list shows what was published, and asks: the second look is fresh', async () => {
    expect(await listed()).toBe(0);
    await until(async () => (await listed()) === 7);
    expect(publications.length).toBe(1);
  });

  it('writes no row in the index where the job has nothing new', async () => {
    await pass(DAY / 2);
    const index = indexStub(client.organization);
    const look = vi.spyOn(JobDO.prototype, 'look');
    expect(await countRows(index, () => index.list({}, null, 1))).toBe(0);
    await until(async () => look.mock.results.length === 1);
    expect(await countRows(index, async () => look.mock.results[0]?.value)).toBe(0);
  });

  it('shortens the interval at once, and for an instance that comes after', async () => {
    at(now - 59_000);
    await client.report(jobId, { stage: 'writing' });
    await until(async () => publications.length === 1);
    await report(8);
    await runInDurableObject(stub, () => undefined);
    interval = PUBLISH_INTERVAL;
    await stub.look(client.organization, PUBLISH_INTERVAL);
    expect((await alarmOf()) ?? Number.POSITIVE_INFINITY).toBeLessThanOrEqual(now + 2_200);
    await pass(2_200);
    expect(publications.at(-1)?.summary.processed_items).toBe(8);
    await evictDurableObject(stub);
    await pass(2_000);
    await report(9);
    await until(async () => publications.at(-1)?.summary.processed_items === 9);
  });

  it('at a job of an older build goes without it, and says nothing', async () => {
    const warn = vi.spyOn(console, 'warn');
    const [error, look] = [vi.spyOn(console, 'error'), JobDO.prototype.look];
    Reflect.deleteProperty(JobDO.prototype, 'look');
    try {
      expect(await listed()).toBe(0);
      await runInDurableObject(stub, () => undefined);
      expect(await listed()).toBe(0);
    } finally {
      JobDO.prototype.look = look;
    }
    expect(warn).not.toHaveBeenCalled();
    expect(error).not.toHaveBeenCalled();
  });

  it('is not for the job of another organization', async () => {
    await stub.look('another', PUBLISH_INTERVAL);
    expect(publications.length).toBe(0);
  });
});

it('an index of an older build, which asks for two seconds, is told every two seconds', async () => {
  interval = PUBLISH_INTERVAL;
  await client.report(jobId, { mark_started: true });
  publications.length = 0;
  for (let done = 1; done <= 40; done++) {
    await pass(250);
    await report(done);
  }
  expect(publications.length).toBeGreaterThanOrEqual(4);
  expect(publications.length).toBeLessThanOrEqual(5);
});

it('a job that an older build has made is read and goes on', async () => {
  await client.report(jobId, { mark_started: true });
  await runInDurableObject(stub, (_job, { storage: { sql } }) => {
    for (const column of ['pub_at', 'pub_interval', 'details_url', 'parent_job_id', 'typical_seconds'])
      sql.exec(`ALTER TABLE job DROP COLUMN ${column}`);
    sql.exec('UPDATE job SET schema = 1');
  });
  await evictDurableObject(stub);
  const { status, details_url } = (await client.get(`/api/jobs/${jobId}`)).json;
  expect([status, details_url]).toEqual(['in_progress', null]);
  await report(3);
  await until(async () => publications.at(-1)?.summary.processed_items === 3);
});
