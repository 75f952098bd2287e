/** All contestants in turn, cell by cell and round by round, so that what the machine does meanwhile meets them all. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Contestant } from './contestant.ts';
import { load, type Sample } from './load.ts';
import { MANY, MEASURES, type Measure, prepareJobs, workload } from './measures.ts';
import { median, ratio } from './stats.ts';

export interface Plan {
  measures: readonly Measure[];
  connections: readonly number[];
  rounds: number;
  seconds: number;
  warmup: number;
  /** The most that a contestant's afterglow is waited for (ms). */
  patience: number;
}

/** What one contestant did at one measure and number of connections: a sample a round. */
export interface Cell {
  contestant: string;
  measure: Measure;
  connections: number;
  samples: Sample[];
}

/** Measures everyone at everything; `tell` hears of each sample. */
export async function runRounds(
  contestants: readonly Contestant[],
  plan: Plan,
  tell: (line: string) => void,
): Promise<Cell[]> {
  const players = [];
  for (const contestant of contestants) {
    const jobs = await prepareJobs(contestant.target);
    await sleep(Math.min(contestant.afterglow('create'), plan.patience));
    players.push({ contestant, requests: workload(jobs) });
  }
  const cells = new Map<string, Cell>();
  for (let round = 0; round < plan.rounds; round++) {
    for (const measure of plan.measures) {
      for (const connections of plan.connections) {
        const present = players.filter(({ contestant }) => contestant.measures.has(measure));
        // Whoever begins has another one before it in each round.
        const turns = present.map((_, turn) => present[(turn + round) % present.length]);
        for (const player of turns) {
          if (player === undefined) continue;
          const { contestant, requests } = player;
          const sample = await load(contestant.target, requests[measure], {
            ...plan,
            connections,
            warmAnswers: MANY,
          });
          const name = `${measure} ${connections} ${contestant.name}`;
          const cell = cells.get(name) ?? { contestant: contestant.name, measure, connections, samples: [] };
          cells.set(name, { ...cell, samples: [...cell.samples, sample] });
          tell(
            `round ${round + 1}  ${MEASURES[measure]} × ${connections}  ${contestant.name}: ` +
              `${sample.perSecond.toFixed(0)}/s, p99 ${sample.p99.toFixed(1)} ms` +
              (sample.refused > 0 ? `, ${sample.refused} refused: ${sample.firstRefusal}` : ''),
          );
          await sleep(Math.min(contestant.afterglow(measure), plan.patience));
        }
      }
    }
  }
  return [...cells.values()];
}

/** The samples of one cell; null where it was not measured. */
export function samplesOf(
  cells: readonly Cell[],
  contestant: string,
  measure: Measure,
  connections: number,
): Sample[] | null {
  const isMeant = (cell: Cell) =>
    cell.contestant === contestant && cell.measure === measure && cell.connections === connections;
  return cells.find(isMeant)?.samples ?? null;
}

export function medianOf(samples: readonly Sample[], field: 'perSecond' | 'p50' | 'p99'): number {
  return median(samples.map((sample) => sample[field]));
}

/** How much more one does a second than the other; null where either was not measured. */
export function throughputRatio(a: Sample[] | null, b: Sample[] | null): number | null {
  if (a === null || b === null) return null;
  const rates = (samples: Sample[]) => samples.map(({ perSecond }) => perSecond);
  return ratio(rates(a), rates(b));
}
