/** What a run found beside an aim: measured in the same run, so that a miss is explained by figures. */
import { COSTS, type Cost } from './processor-time/sendings.ts';
import type { Results } from './results.ts';
import { ratio, spreadOf } from './stats.ts';
import { amount, spreadText } from './table.ts';

/** What a request of the aim costs in processor time, where nothing waits for a disk. */
export function besideProcessor({ processor }: Pick<Results, 'processor'>, cost: Cost): string {
  const found = processor?.find((one) => one.cost === cost);
  if (found === undefined) return '';
  const ms = (value: number) => `${value.toFixed(3)} ms`;
  return (
    `${COSTS[cost].service}: ${ms(found.service.median)} of processor; ${COSTS[cost].floor}: ` +
    `${ms(found.floor.median)}; ${spreadText(found.ratio)} ×`
  );
}

/** What a life costs here and there. */
export function besideLives({ life }: Pick<Results, 'life'>, peer: string): string {
  const costs = ['Headway', peer].map((name) => life?.find(({ contestant }) => contestant === name));
  if (costs.includes(undefined)) return '';
  const [own, theirs] = costs.map((one) =>
    spreadOf((one?.samples ?? []).map(({ processorMs }) => processorMs)).median.toFixed(1),
  );
  return `a life takes ${own} ms of processor, theirs ${theirs}`;
}

/** What both sides keep in memory with so many jobs, and how they compare with a tenth of them. */
export function besideGrowth(growth: Results['growth'], jobs: number): string {
  const at = (count: number) =>
    (['jobs', 'floor'] as const).map((side) => {
      return growth?.[side].find((point) => point.jobs === count);
    });
  const [[own, floor], [ownBefore, floorBefore]] = [at(jobs), at(jobs / 10)];
  if (own === undefined || floor === undefined) return '';
  const memory = [own, floor].map(({ residentMiB }) => (residentMiB === null ? '–' : amount(residentMiB)));
  const before =
    ownBefore === undefined || floorBefore === undefined
      ? ''
      : `; over ${amount(jobs / 10)} jobs ${spreadText(ratio(ownBefore.reports, floorBefore.reports))}`;
  return `memory ${memory[0]} MiB, the floor’s ${memory[1]}${before}`;
}

/** Who wrote the rows of a report. */
export function besideRows(rows: Results['rows']): string {
  if (rows === null) return '';
  const { job, jobAlarm, index, indexAlarm, organization } = rows.rows;
  const figure = (value: number) => value.toFixed(3);
  return (
    `job ${figure(job)} and alarm ${figure(jobAlarm)}, index ${figure(index)} and alarm ${figure(indexAlarm)}, ` +
    `organization ${figure(organization)}`
  );
}
