import { beforeEach, expect, it } from 'vitest';
import {
  EVENTS_PER_PUBLICATION,
  PUBLISH_INTERVAL,
  type Publication,
  type Receipt,
} from '../../src/domain/feed/publication';
import { UNWATCHED_INTERVAL } from '../../src/domain/feed/publishing-pace';
import { summarize } from '../../src/domain/job/summary';
import { Publisher } from '../../src/objects/job/publisher';
import { freshJob } from '../support/arbitraries';

/** How often a job publishes, as its index and those who look say, and as its publications get through. */
let publisher: Publisher;
let now: number;
let revision: number;
let answers: { receipt: (receipt: Receipt) => void; fail: (cause: Error) => void }[];

const read = (): Publication => ({
  summary: summarize({ ...freshJob(), revision }),
  ...{ events: [], through: 0, oldest: 1, deleted: false },
});
const receipt = (interval: number): Receipt => ({ revision, through: 0, interval });

beforeEach(() => {
  [now, revision, answers] = [1_000_000, 2, []];
  publisher = new Publisher({
    position: () => ({ revision, events: 0 }),
    carries: () => false,
    confirm: () => undefined,
    read,
    send: () => new Promise((resolve, reject) => answers.push({ receipt: resolve, fail: reject })),
    now: () => now,
    failed: () => undefined,
  });
});

it('a receipt says from when on the next progress is published', async () => {
  const published = publisher.publish();
  answers[0]?.receipt(receipt(UNWATCHED_INTERVAL));
  await published;
  expect(publisher.marks().pub_interval).toBe(UNWATCHED_INTERVAL);
  expect(publisher.publishesAtOnce('progress', now + UNWATCHED_INTERVAL - 1)).toBe(false);
  expect(publisher.publishesAtOnce('progress', now + UNWATCHED_INTERVAL)).toBe(true);
});

it('a look while a publication is under way outlives its receipt, which knows nothing of it', async () => {
  const published = publisher.publish();
  publisher.lookedAt(PUBLISH_INTERVAL);
  answers[0]?.receipt(receipt(UNWATCHED_INTERVAL));
  await published;
  expect(publisher.marks().pub_interval).toBe(PUBLISH_INTERVAL);
  now += PUBLISH_INTERVAL;
  revision += 1;
  const next = publisher.publish();
  answers[1]?.receipt(receipt(UNWATCHED_INTERVAL));
  await next;
  expect(publisher.marks().pub_interval).toBe(UNWATCHED_INTERVAL);
});

it.each([UNWATCHED_INTERVAL, 50])(
  'after a failure any report tries again, after two seconds or %i ms',
  async (interval) => {
    const first = publisher.publish();
    answers[0]?.receipt(receipt(interval));
    await first;
    now += interval;
    revision += 1;
    const second = publisher.publish();
    const pause = Math.min(interval, PUBLISH_INTERVAL);
    expect(publisher.publishesAtOnce('progress', now + pause)).toBe(interval === pause);
    answers[1]?.fail(new Error('the index is away'));
    await second;
    expect(publisher.publishesAtOnce('progress', now + pause - 1)).toBe(false);
    expect(publisher.publishesAtOnce('progress', now + pause)).toBe(true);
  },
);

it('a row is outgrown that would have more than one publication of events told again', async () => {
  const row = publisher.marks();
  const published = publisher.publish();
  answers[0]?.receipt({ ...receipt(UNWATCHED_INTERVAL), through: EVENTS_PER_PUBLICATION });
  await published;
  const told = { ...row, pub_at: now };
  expect(publisher.outgrew(told)).toBe(false);
  revision += 1;
  const next = publisher.publish();
  answers[1]?.receipt({ ...receipt(UNWATCHED_INTERVAL), through: EVENTS_PER_PUBLICATION + 1 });
  await next;
  expect(publisher.outgrew(told)).toBe(true);
});
