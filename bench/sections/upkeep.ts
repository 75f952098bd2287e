/** The page's sections on what no answer a second shows: processor time, rows, and what goes on when nobody asks. */
import type { Idle } from '../idle.ts';
import type { ProcessorCost } from '../processor-time/compare.ts';
import { COSTS } from '../processor-time/sendings.ts';
import type { RowsWritten } from '../rows-written/measure-rows.ts';
import { amount, spreadText, table } from '../table.ts';

export function processor(costs: readonly ProcessorCost[]): string[] {
  const restless = costs.filter((cost) => cost.restless > 0);
  return [
    '## Processor time a request',
    'Milliseconds of the server’s processes on a memory disk, until they are quiet again; median (least–most).',
    table(
      ['Headway', 'ms', 'floor', 'ms', 'Headway ÷ floor'],
      costs.map(({ cost, service, floor, ratio }) => [
        ...[COSTS[cost].service, spreadText(service, threeDigits), COSTS[cost].floor],
        ...[spreadText(floor, threeDigits), spreadText(ratio)],
      ]),
    ),
    ...(restless.length === 0
      ? []
      : [
          `Not quiet before: ${restless.map(({ cost, restless }) => `${COSTS[cost].service}, ${restless}`).join('; ')}.`,
        ]),
  ];
}

export function idle(found: readonly Idle[]): string[] {
  return [
    '## When nobody asks',
    'Processor time a job: of its creation, of the 15 s in which the runtime puts its object away, and of the time after that. ' +
      'Nothing is asked meanwhile. “Without jobs” is what the process uses anyway, over the same time.',
    table(
      ['contestant', 'jobs', 'seconds', 'ms a creation', 'put away', 'idle ms a job', 'without jobs'],
      found.map(({ contestant, jobs, seconds, createMs, closeMs, idleMs, restMs }) => [
        ...[contestant, amount(jobs), amount(seconds), createMs.toFixed(2), closeMs.toFixed(2)],
        ...[threeDigits(idleMs), threeDigits(restMs)],
      ]),
    ),
  ];
}

export function rowsWritten({ jobs, every, seconds, reports, rows, perReport }: RowsWritten): string[] {
  const { job, jobAlarm, index, indexAlarm, organization } = rows;
  return [
    '## Rows written a report',
    `${amount(jobs)} jobs in turn, each once in ${every} s, for ${amount(seconds)} s while nobody looks: ` +
      `${amount(reports)} reports.`,
    table(
      ['job', 'its alarm', 'index', 'its alarm', 'organization', 'in all'],
      [[job, jobAlarm, index, indexAlarm, organization, perReport].map(threeDigits)],
    ),
  ];
}

function threeDigits(value: number): string {
  return value.toFixed(3);
}
