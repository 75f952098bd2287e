import { describe, expect, it } from 'vitest';
import { PUBLICATION_GUARANTEE, PUBLISH_INTERVAL } from '../../../src/domain/feed/publication';
import {
  lagged,
  type Pace,
  publicationDue,
  publishesAtOnce,
  UNWATCHED_INTERVAL,
} from '../../../src/domain/feed/publishing-pace';

const NOW = 10_000_000;
const NEVER = Number.NEGATIVE_INFINITY;
const watched: Pace = { last: NOW, lastStage: NOW, interval: PUBLISH_INTERVAL };
const unwatched: Pace = { last: NOW, lastStage: NOW, interval: UNWATCHED_INTERVAL };

describe('a change of status', () => {
  it('is published at once, whatever was published just before, and within the guarantee where that fails', () => {
    for (const pace of [watched, unwatched]) {
      expect(publishesAtOnce('transition', NOW, pace)).toBe(true);
      expect(publicationDue('transition', NOW, pace)).toBe(NOW + PUBLICATION_GUARANTEE);
    }
  });
});

describe('a stage', () => {
  it('is published at once though nobody looks, and in a burst every two seconds', () => {
    expect(publishesAtOnce('stage', NOW, { ...unwatched, lastStage: NEVER })).toBe(true);
    expect(publishesAtOnce('stage', NOW + 1_999, unwatched)).toBe(false);
    expect(publicationDue('stage', NOW + 1_999, unwatched)).toBe(NOW + 2_200);
    expect(publishesAtOnce('stage', NOW + 2_000, unwatched)).toBe(true);
    expect(publicationDue('stage', NOW + 2_000, unwatched)).toBe(NOW + 2_000 + PUBLICATION_GUARANTEE);
  });
});

describe('progress', () => {
  it.each([watched, unwatched])(
    'is published by the first report after an interval, else by the alarm: %o',
    (pace) => {
      const { interval } = pace;
      expect(publishesAtOnce('progress', NOW + interval - 1, pace)).toBe(false);
      expect(publicationDue('progress', NOW + interval - 1, pace)).toBe(NOW + lagged(interval));
      expect(publishesAtOnce('progress', NOW + interval, pace)).toBe(true);
    },
  );

  it('of a job that reports each minute is never left to the alarm: it goes off later than a report comes', () => {
    expect(lagged(UNWATCHED_INTERVAL) - UNWATCHED_INTERVAL).toBeGreaterThan(50_000);
  });

  it('is ten minutes late at most', () => {
    for (let since = 0; since < 2 * UNWATCHED_INTERVAL; since += 10_000) {
      expect(publicationDue('progress', NOW + since, unwatched)).toBeLessThanOrEqual(NOW + since + 600_000);
    }
  });

  it('whose publication fails has an alarm soon after the guarantee while somebody looks', () => {
    const last = { ...watched, last: NEVER };
    expect(publicationDue('progress', NOW, last)).toBe(NOW + lagged(PUBLICATION_GUARANTEE));
  });

  it('is published at once where the clock has gone back', () => {
    expect(publishesAtOnce('progress', NOW - 1, unwatched)).toBe(true);
  });
});
