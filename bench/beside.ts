/** What a run found beside an aim: measured in the same run, so that a miss is explained by figures. */
import { COSTS, type Cost } from './processor-time/sendings.ts';
import type { Results } from './results.ts';
import { spreadOf } from './stats.ts';
import { spreadText } from './table.ts';

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
