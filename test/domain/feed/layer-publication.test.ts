import { describe, expect, it } from 'vitest';
import {
  admit,
  brakedInterval,
  type FeedEvent,
  isDirty,
  isProgress,
  PROGRESS_PER_INTERVAL,
  type Publication,
} from '../../../src/domain/feed/publication';
import { summarize } from '../../../src/domain/job/summary';
import { freshJob } from '../../support/arbitraries';

/** The rules of publishing, called alone: no alarm and no second publication makes up for a wrong answer here. */

const SUMMARY = summarize(freshJob());

function publication(revision: number, events: number[], deleted = false): Publication {
  const body = { type: 'job.stage_changed' } as FeedEvent['body'];
  return {
    summary: { ...SUMMARY, revision },
    events: events.map((n) => ({ n, revision: n, at: 0, body })),
    through: events.at(-1) ?? 0,
    deleted,
  };
}

const numbers = ({ events }: { events: FeedEvent[] }) => events.map(({ n }) => n);

describe('the index', () => {
  it('takes a job that is new to it', () => {
    const news = admit({ revision: 0, through: 0 }, publication(2, [1, 2]));
    expect(news).toMatchObject({ summary: true, revision: 2, through: 2 });
    expect(numbers(news)).toEqual([1, 2]);
  });

  it.each([4, 5])('keeps the summary of revision 5 when one of revision %i comes', (revision) => {
    expect(admit({ revision: 5, through: 3 }, publication(revision, []))).toMatchObject({
      ...{ summary: false, revision: 5, through: 3 },
    });
  });

  it('takes only the events beyond those it has', () => {
    const news = admit({ revision: 5, through: 3 }, publication(6, [2, 3, 4, 5]));
    expect(numbers(news)).toEqual([4, 5]);
    expect(news).toMatchObject({ summary: true, revision: 6, through: 5 });
  });

  it('takes nothing of a publication that would leave a hole', () => {
    const news = admit({ revision: 5, through: 3 }, publication(9, [5, 6]));
    expect(news).toMatchObject({ events: [], summary: false, revision: 5, through: 3 });
  });

  it('goes on behind events that the job itself has lost, and counts them', () => {
    const lost = { ...publication(9, [6, 7]), oldest: 6 };
    const news = admit({ revision: 5, through: 3 }, lost);
    expect(news).toMatchObject({ missed: 2, summary: true, revision: 9, through: 7 });
    expect(numbers(news)).toEqual([6, 7]);
    // A hole that the job can fill is one still.
    const fillable = admit({ revision: 5, through: 3 }, { ...publication(9, [7]), oldest: 6 });
    expect(fillable).toMatchObject({ events: [], missed: 0, through: 3 });
    const whole = admit({ revision: 5, through: 5 }, lost);
    expect(whole).toMatchObject({ missed: 0, through: 7 });
  });

  it('takes a deletion though its revision is known', () => {
    expect(admit({ revision: 5, through: 3 }, publication(5, [4], true))).toMatchObject({
      ...{ summary: true, through: 4 },
    });
  });
});

describe('progress', () => {
  const kept = { revision: 5, through: 3 };

  it('is a newer summary without a fresh event', () => {
    expect(isProgress(kept, publication(6, []))).toBe(true);
    expect(isProgress(kept, publication(6, [3]))).toBe(true);
    expect(isProgress(kept, publication(6, [4]))).toBe(false);
    expect(isProgress(kept, publication(5, []))).toBe(false);
    expect(isProgress(kept, publication(4, []))).toBe(false);
  });

  it('is nothing that would stand before an event that is still to come', () => {
    expect(isProgress(kept, { ...publication(9, [2, 3]), through: 7 })).toBe(false);
  });

  it('is no deletion', () => {
    expect(isProgress(kept, publication(6, [], true))).toBe(false);
  });
});

describe('a job', () => {
  it('has something to publish while its revision or its events are ahead', () => {
    const known = { revision: 3, events: 2 };
    expect(isDirty({ revision: 3, events: 2 }, known)).toBe(false);
    expect(isDirty({ revision: 4, events: 2 }, known)).toBe(true);
    expect(isDirty({ revision: 3, events: 3 }, known)).toBe(true);
  });
});

describe('the brake of a busy index', () => {
  const BASE = 2_000;

  it('asks for the usual interval while no more comes than it takes', () => {
    expect(brakedInterval(BASE, BASE, PROGRESS_PER_INTERVAL, BASE)).toBe(BASE);
    expect(brakedInterval(BASE, BASE, 1, 3_600_000)).toBe(BASE);
  });

  it('leaves 2,000 jobs alone of which each progresses once in ten seconds, with a fifth to spare', () => {
    for (const perSecond of [200, 240]) {
      const taken = (perSecond * BASE) / 1_000;
      expect(brakedInterval(BASE, BASE, taken, BASE)).toBe(BASE);
    }
  });

  it('settles where as many jobs send no more than it takes, whatever the interval was before', () => {
    for (const jobs of [750, 2_000, 3_950]) {
      for (const before of [BASE, 3 * BASE, 8 * BASE]) {
        const taken = (jobs * BASE) / before;
        const interval = brakedInterval(BASE, before, taken, BASE);
        expect(Math.abs((jobs * BASE) / interval - PROGRESS_PER_INTERVAL)).toBeLessThan(0.1);
      }
    }
  });

  it('never asks for more than eight intervals', () => {
    expect(brakedInterval(BASE, BASE, 1_000_000, 10)).toBe(8 * BASE);
  });
});
