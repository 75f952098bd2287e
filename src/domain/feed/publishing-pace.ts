import { PUBLICATION_GUARANTEE, PUBLISH_INTERVAL } from './publication';

/**
 * What a commit has for the index. A change of status is waited for; a stage, a recovered health and a job's first
 * report are told at once too, but in a burst; progress is told as often as somebody looks.
 */
export type NewsKind = 'transition' | 'stage' | 'progress';

/** When a job has published, and how often its index wants its progress (ms). */
export interface Pace {
  /** When the last publication began. */
  last: number;
  /** When the last one began that a stage called for. */
  lastStage: number;
  interval: number;
}

/**
 * Progress is published at most this often where nobody looks (ms): by the next report, or a tenth later by the alarm,
 * so within ten minutes.
 */
export const UNWATCHED_INTERVAL = 540_000;

/**
 * When the alarm publishes what no report has published by then (ms): a tenth of the interval later than a report
 * would, so that a job under steady reports publishes with the row that it writes anyway.
 */
export function lagged(interval: number): number {
  return Math.round(interval * 1.1);
}

/** Whether a commit is followed by a publication, though the clock has gone back. */
export function publishesAtOnce(kind: NewsKind, now: number, pace: Pace): boolean {
  if (kind === 'transition') return true;
  const [last, interval] =
    kind === 'stage' ? [pace.lastStage, stageInterval(pace)] : [pace.last, pace.interval];
  return now - last >= interval || now < last;
}

/**
 * When the alarm is to publish a commit at the latest (ms). Where a publication follows, the alarm is for the case that
 * it does not get through.
 */
export function publicationDue(kind: NewsKind, now: number, pace: Pace): number {
  const atOnce = publishesAtOnce(kind, now, pace);
  if (kind === 'progress') {
    return atOnce
      ? now + lagged(Math.max(pace.interval, PUBLICATION_GUARANTEE))
      : pace.last + lagged(pace.interval);
  }
  return atOnce ? now + PUBLICATION_GUARANTEE : pace.lastStage + lagged(stageInterval(pace));
}

function stageInterval({ interval }: Pace): number {
  return Math.min(interval, PUBLISH_INTERVAL);
}
