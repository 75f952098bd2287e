/** The page's sections on what becomes of the service as it fills, as it ages and as it starts. */
import type { AgeCost } from '../age/age.ts';
import type { Results } from '../results.ts';
import type { StartUp } from '../start-up.ts';
import { spreadOf } from '../stats.ts';
import { amount, spreadText, table } from '../table.ts';

export function growth({ jobs, floor, errors }: NonNullable<Results['growth']>): string[] {
  const rate = (values: readonly number[] | undefined) => {
    return values === undefined ? '–' : spreadText(spreadOf(values), amount);
  };
  return [
    '## Growth',
    'Answers a second; creates at 64 connections, the rest at 16. Reports go to all jobs at random.',
    table(
      ['jobs', 'create', 'report', 'list', 'memory, MiB', 'floor: create', 'report', 'memory, MiB'],
      jobs.map((point, index) => [
        ...[amount(point.jobs), amount(point.creates), rate(point.reports)],
        ...[point.lists, point.residentMiB, floor[index]?.creates].map(amountOrNone),
        ...[rate(floor[index]?.reports), amountOrNone(floor[index]?.residentMiB)],
      ]),
    ),
    'One job with errors, each of another entity. A job’s answer shows its newest 100; `return=minimal` shows none.',
    table(
      ['errors in the job', 'report', 'report, minimal', 'report with an error', 'poll'],
      errors.map((point) =>
        [point.errors, point.reports, point.minimal, point.withError, point.polls].map(amount),
      ),
    ),
  ];
}

export function age(costs: readonly AgeCost[]): string[] {
  return [
    '## Age',
    'Answers a second of a young organization and of one with years behind it.',
    table(
      ['what', 'young', 'aged', 'time of an answer, aged ÷ young'],
      costs.map(({ what, young, aged, ratio }) => [what, amount(young), amount(aged), spreadText(ratio)]),
    ),
  ];
}

export function startUp(start: StartUp, growth: Results['growth']): string[] {
  const memory = (value: number | null) => (value === null ? '–' : `${amount(value)} MiB`);
  const touched = growth?.jobs.at(-1);
  return [
    '## Start-up',
    table(
      ['what', 'measured'],
      [
        ['bundle', `${start.bundleKiB.toFixed(0)} KiB, gzip ${start.gzipKiB.toFixed(1)} KiB`],
        ['process to first answer, empty folder', `${start.firstAnswerMs.toFixed(0)} ms`],
        ['resident memory at rest', memory(start.restMiB)],
        ...(touched === undefined
          ? []
          : [[`resident memory with ${amount(touched.jobs)} jobs touched`, memory(touched.residentMiB)]]),
      ],
    ),
  ];
}

function amountOrNone(value: number | null | undefined): string {
  return value == null ? '–' : amount(value);
}
