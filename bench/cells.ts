/** What was found out about each contestant at each measure: a sample a round. */
import type { Sample } from './load.ts';
import { MEASURES, type Measure } from './measures.ts';
import type { Quiet } from './quiet.ts';
import { ratio, type Spread, spreadOf } from './stats.ts';

/** When a contestant was measured: before it created more jobs than it is measured with, or after. */
export type State = 'fresh' | 'after creations';

export interface Place {
  contestant: string;
  measure: Measure;
  connections: number;
  state: State;
}

export interface CellSample extends Sample {
  /** Whether the contestant was quiet before; null where that was not waited for. */
  quiet: Quiet | null;
}

export interface Cell extends Place {
  samples: CellSample[];
}

/** Adds a sample to its cell, which is made where it is the first. */
export function addSample(cells: Cell[], place: Place, sample: CellSample): void {
  const cell = cells.find((known) => isAt(known, place));
  if (cell === undefined) cells.push({ ...place, samples: [sample] });
  else cell.samples.push(sample);
}

/** The samples of one cell; null where it was not measured. */
export function samplesAt(cells: readonly Cell[], place: Place): CellSample[] | null {
  return cells.find((cell) => isAt(cell, place))?.samples ?? null;
}

/** What the samples come to; null where there are none. */
export function spreadAt(
  samples: readonly CellSample[] | null,
  field: 'perSecond' | 'p50' | 'p99',
): Spread | null {
  return samples && spreadOf(samples.map((sample) => sample[field]));
}

/** How much more one does a second than the other; null where either was not measured. */
export function throughputRatio(a: CellSample[] | null, b: CellSample[] | null): Spread | null {
  if (a === null || b === null) return null;
  const rates = (samples: CellSample[]) => samples.map(({ perSecond }) => perSecond);
  return ratio(rates(a), rates(b));
}

/** A sample as it is told while the benchmark runs. */
export function told({ contestant, measure, connections, state }: Place, sample: CellSample): string {
  const { perSecond, p99, refused, firstRefusal, quiet } = sample;
  return [
    `${MEASURES[measure]} × ${connections}, ${state}  ${contestant}: ${perSecond.toFixed(0)}/s, p99 ${p99.toFixed(1)} ms`,
    ...(refused > 0 ? [`${refused} refused: ${firstRefusal}`] : []),
    ...(quiet?.reached === false ? [`not quiet before: ${quiet.busy.toFixed(2)} cores`] : []),
  ].join(', ');
}

function isAt(cell: Cell, place: Place): boolean {
  return (Object.keys(place) as (keyof Place)[]).every((key) => cell[key] === place[key]);
}
