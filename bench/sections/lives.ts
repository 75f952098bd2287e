/** The page's sections on the lives of jobs and on one worker that reports. */
import type { Life } from '../life.ts';
import type { WorkerRun } from '../one-worker.ts';
import { ratio, spreadOf } from '../stats.ts';
import { amount, spreadText, table } from '../table.ts';

export function lives(found: readonly Life[]): string[] {
  const of = ({ samples }: Life, field: 'perSecond' | 'processorMs') =>
    samples.map((sample) => sample[field]);
  const own = found.find(({ contestant }) => contestant === 'Headway');
  const over = (life: Life, field: 'perSecond' | 'processorMs') => {
    return own === undefined ? '–' : spreadText(ratio(of(own, field), of(life, field)));
  };
  const restless = found.flatMap(({ contestant, samples }) => {
    const count = samples.filter(({ before, after }) => !before.reached || !after.reached).length;
    return count === 0 ? [] : [`${contestant} in ${count} of ${samples.length}`];
  });
  return [
    '## Lives',
    'A life is a job created, started, reported on ten times, completed and polled twice: fifteen requests, 16 lives at a time. ' +
      'The floor writes or reads its one row for each of them and knows no status. Processor time is that of all the ' +
      'contestant’s processes until they are quiet again.',
    table(
      ['contestant', 'lives a second', 'Headway ÷ this', 'processor ms a life', 'Headway ÷ this'],
      found.map((life) => [
        life.contestant,
        spreadText(spreadOf(of(life, 'perSecond')), amount),
        over(life, 'perSecond'),
        spreadText(spreadOf(of(life, 'processorMs')), amount),
        over(life, 'processorMs'),
      ]),
    ),
    ...(restless.length === 0 ? [] : [`Not quiet before or after: ${restless.join('; ')}.`]),
  ];
}

export function workers(runs: readonly WorkerRun[]): string[] {
  const own = runs.find(({ contestant }) => contestant === 'Headway');
  return [
    '## One worker, every report durable before the next step',
    'Reports a second, median (least–most). The lower half sends many at once.',
    table(
      ['contestant', 'way', 'reports a second', 'Headway ÷ this'],
      runs.map((run) => [
        ...[run.contestant, run.way, spreadText(spreadOf(run.perSecond), amount)],
        own === undefined ? '–' : spreadText(ratio(own.perSecond, run.perSecond)),
      ]),
    ),
  ];
}
