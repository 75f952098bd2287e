import { beforeEach, expect, it } from 'vitest';
import { PUBLISH_INTERVAL } from '../../src/domain/feed/publication';
import { UNWATCHED_INTERVAL } from '../../src/domain/feed/publishing-pace';
import type { Status } from '../../src/domain/job/job';
import { summarize } from '../../src/domain/job/summary';
import { ASKED_AT_ONCE, LOOK_LIFE, Looks } from '../../src/objects/org-index/looks';
import { ShardList } from '../../src/objects/org-index/shard-list';
import type { SummaryList } from '../../src/objects/org-index/summary-list';
import { freshJob } from '../support/arbitraries';

/** The looks at a shard, so small that a test can count who is asked. */
let looks: Looks;
let now: number;
let awaited: boolean;
let asked: string[];
let answer: () => Promise<void>;
let newest: ReturnType<typeof page>;
let room: number;

function page(count: number, status: Status = 'in_progress', prefix = 'job') {
  const summary = summarize(freshJob());
  return Array.from({ length: count }, (_, n) => ({ ...summary, status, job_id: `${prefix}-${n}` }));
}

const receipt = (job_id = 'job-0', status: Status = 'in_progress') => looks.intervalFor({ job_id, status });
/** Lets what was asked be answered. */
const settle = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

beforeEach(() => {
  [now, awaited, asked, newest, room] = [1_000, false, [], [], Number.POSITIVE_INFINITY];
  answer = async () => undefined;
  looks = new Looks(
    {
      awaited: () => awaited,
      interval: () => PUBLISH_INTERVAL,
      newest: (limit) => newest.slice(0, limit),
      room: () => room,
      ask: async (jobId, interval) => {
        expect(interval).toBe(PUBLISH_INTERVAL);
        asked.push(jobId);
        await answer();
      },
      now: () => now,
    },
    UNWATCHED_INTERVAL,
  );
});

it('a receipt asks for the short interval for minutes after a look, else for the long one', () => {
  expect(receipt()).toBe(UNWATCHED_INTERVAL);
  looks.shown([]);
  expect(receipt()).toBe(PUBLISH_INTERVAL);
  now += LOOK_LIFE - 1;
  expect(receipt()).toBe(PUBLISH_INTERVAL);
  now += 1;
  expect(receipt()).toBe(UNWATCHED_INTERVAL);
});

it('and for as long as somebody waits for progress', () => {
  awaited = true;
  expect(receipt()).toBe(PUBLISH_INTERVAL);
  now += 10 * LOOK_LIFE;
  expect(receipt()).toBe(PUBLISH_INTERVAL);
  awaited = false;
  expect(receipt()).toBe(UNWATCHED_INTERVAL);
});

it('a look asks what is in progress of the page, a hundred jobs at most', () => {
  looks.shown([...page(3, 'pending', 'pending'), ...page(150), ...page(3, 'completed', 'done')]);
  expect(asked).toEqual(page(ASKED_AT_ONCE).map(({ job_id }) => job_id));
});

it('no more than may be opened, and the others by a later look', () => {
  room = 2;
  looks.shown(page(3));
  expect(asked).toEqual(['job-0', 'job-1']);
  looks.shown(page(3));
  expect(asked).toEqual(['job-0', 'job-1', 'job-2']);
});

it('a page that nobody looks at is no look', () => {
  const part = { jobs: page(3).map((job) => ({ ...job, updated_at: 1 })), through: null };
  const paced = (jobs: typeof part.jobs) => jobs;
  const list = new ShardList({ part: () => part } as unknown as SummaryList, { paced }, looks);
  expect(list.page({}, null, 3, 1_000, { unseen: true })).toEqual(part);
  expect([asked, receipt()]).toEqual([[], UNWATCHED_INTERVAL]);
  list.page({}, null, 3, 1_000, {});
  expect([asked.length, receipt()]).toEqual([3, PUBLISH_INTERVAL]);
});

it('a job is asked once a minute at most, one that has answered once in ten', async () => {
  answer = async () => {
    throw new Error('away');
  };
  for (let times = 0; times < 12; times++) {
    looks.shown(page(1));
    await settle();
    now += 10_000;
  }
  expect(asked.length).toBe(2);
  answer = async () => undefined;
  for (let times = 0; times < 60; times++) {
    looks.shown(page(1));
    await settle();
    now += 10_000;
  }
  expect(asked.length).toBe(3);
});

it('one whose receipt has said so is spared, and is asked again where the next said otherwise', async () => {
  awaited = true;
  expect(receipt()).toBe(PUBLISH_INTERVAL);
  looks.shown(page(1));
  expect(asked).toEqual([]);
  awaited = false;
  now += LOOK_LIFE;
  expect(receipt()).toBe(UNWATCHED_INTERVAL);
  looks.shown(page(1));
  expect(asked).toEqual(['job-0']);
});

it('whoever begins to follow progress asks the newest jobs, once', () => {
  newest = page(200);
  looks.followed();
  expect(asked.length).toBe(ASKED_AT_ONCE);
  looks.followed();
  expect(asked.length).toBe(ASKED_AT_ONCE);
});
