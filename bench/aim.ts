/** A figure of a run that is meant to reach a bound. */
import { type Spread, spreadOf } from './stats.ts';

export interface Aim {
  what: string;
  /** The bound: at least, at most or below this. */
  bound: '≥' | '≤' | '<';
  aim: number;
  unit?: string;
  /** Over the rounds. Null where this run did not measure it. */
  measured: Spread | null;
  /** What the same run found beside it, for whoever asks why it is missed, or not measured. */
  beside: string;
}

/** Whether the median meets its bound; null where it was not measured. */
export function isMet({ bound, aim, measured }: Aim): boolean | null {
  if (measured === null) return null;
  const { median } = measured;
  if (bound === '≥') return median >= aim;
  return bound === '≤' ? median <= aim : median < aim;
}

export function atLeast(aim: number, what: string, measured: Spread | null, beside = ''): Aim {
  return { what, bound: '≥', aim, measured, beside };
}

export function atMost(aim: number, what: string, measured: Spread | null, beside = ''): Aim {
  return { what, bound: '≤', aim, measured, beside };
}

export function below(aim: number, what: string, measured: Spread | null, beside = ''): Aim {
  return { what, bound: '<', aim, measured, beside };
}

/** What was measured once, or counted. */
export function once(value: number | null | undefined): Spread | null {
  return value == null ? null : spreadOf([value]);
}

/** Each figure of a spread times `factor`. */
export function times(spread: Spread | null, factor: number): Spread | null {
  if (spread === null) return null;
  const { median, min, max } = spread;
  return { median: median * factor, min: min * factor, max: max * factor };
}
