/** A run as a page of Markdown. */

import type { Aim } from './aims.ts';
import { aimsOf, isMet } from './aims.ts';
import { MEASURES } from './measures.ts';
import type { WorkerRun } from './one-worker.ts';
import type { Results } from './results.ts';
import { type Cell, medianOf, samplesOf, throughputRatio } from './rounds.ts';
import { amount, table } from './table.ts';
import { watching } from './watch/section.ts';

export function reportOf(results: Results): string {
  const sections = [
    title(results),
    ['## Aims', aimsTable(aimsOf(results))],
    results.cells && throughput(results.cells),
    results.workers && workers(results.workers),
    results.growth && growth(results.growth),
    results.watch && watching(results.watch),
    results.start && startUp(results.start, results.growth),
  ];
  return `${sections.flatMap((section) => section ?? []).join('\n\n')}\n`;
}

export function aimsTable(aims: readonly Aim[]): string {
  return table(
    ['what', 'aim', 'measured', 'met'],
    aims.map((aim) => {
      const unit = aim.unit === undefined ? '' : ` ${aim.unit}`;
      const met = isMet(aim);
      return [
        aim.what,
        `${aim.bound} ${aim.aim}${unit}`,
        aim.measured === null ? 'not measured' : `${aim.measured.toFixed(2)}${unit}`,
        met === null ? '–' : met ? 'yes' : '**no**',
      ];
    }),
  );
}

function title({ began, minutes, machine, plan, peers, skipped }: Results): string[] {
  const { rounds, seconds, warmup } = plan.rounds;
  const { cpu, cores, memoryGiB, system, syncsPerSecond, load, commit, versions } = machine;
  return [
    `# Benchmarks, ${began.slice(0, 16).replace('T', ' ')} UTC`,
    plan.quick ? 'A short or partial run: for trying, not for quoting.' : '',
    [
      `- Machine: ${cpu}, ${cores} cores, ${memoryGiB} GiB, ${system}; load average before ${load}`,
      `- Disk: ${amount(syncsPerSecond)} synced 4 KiB writes a second${machine.memoryDisk ? ' (memory: commits cost nothing)' : ''}`,
      `- Headway at ${commit}; ${versions.join(', ')}`,
      ...peers.map(({ name, versions }) => `- ${name}: ${versions}`),
      ...skipped.map(({ name, why }) => `- ${name}: skipped, ${why}`),
      `- ${rounds} ${rounds === 1 ? 'round' : 'rounds'}, all contestants in turn, ${seconds} s a sample after ${warmup} s of warm-up; the load ` +
        `shares the machine; ${minutes.toFixed(0)} minutes in all`,
    ].join('\n'),
  ].filter((line) => line !== '');
}

function throughput(cells: readonly Cell[]): string[] {
  const names = [...new Set(cells.map(({ contestant }) => contestant))];
  const others = names.filter((name) => name !== 'Headway');
  const own = cells.filter(({ contestant }) => contestant === 'Headway');
  const bare = cells.filter(({ measure }) => measure === 'bare');
  const refused = cells.flatMap(({ contestant, measure, samples }) =>
    samples
      .filter((sample) => sample.refused > 0)
      .map((sample) => `- ${contestant}, ${MEASURES[measure]}: ${sample.refused}, ${sample.firstRefusal}`),
  );
  return [
    '## Throughput and latency',
    'Answers a second · p50 / p99 in milliseconds; medians of the rounds. A batch is one answer.',
    table(
      ['measure', 'connections', ...names],
      [...own, ...bare].map(({ measure, connections }) => [
        ...[MEASURES[measure], String(connections)],
        ...names.map((name) => cellText(samplesOf(cells, name, measure, connections))),
      ]),
    ),
    '### Headway ÷ the others',
    'Answers a second, each round by itself; medians. The floor takes one report and one row a request.',
    table(
      ['measure', 'connections', ...others],
      own.map(({ measure, connections, samples }) => [
        ...[MEASURES[measure], String(connections)],
        ...others.map((name) => {
          return throughputRatio(samples, samplesOf(cells, name, measure, connections))?.toFixed(2) ?? '–';
        }),
      ]),
    ),
    ...(refused.length === 0 ? [] : ['Answers other than 2xx, counted nowhere above:', refused.join('\n')]),
  ];
}

function cellText(samples: Cell['samples'] | null): string {
  if (samples === null) return '–';
  const [p50, p99] = [medianOf(samples, 'p50'), medianOf(samples, 'p99')];
  return `${amount(medianOf(samples, 'perSecond'))} · ${p50.toFixed(1)} / ${p99.toFixed(1)}`;
}

function workers({ service, peers }: NonNullable<Results['workers']>): string[] {
  const row = (run: WorkerRun) => [
    run.contestant,
    run.way,
    amount(run.reports),
    amount(run.perSecond),
    amount(run.wholeSeconds),
    (service.perSecond / run.perSecond).toFixed(1),
  ];
  return [
    '## One worker, every report durable before the next step',
    'Whoever did not send all in time is extrapolated from what it sent. The lower half sends many at once.',
    table(
      ['contestant', 'way', 'sent', 'reports a second', 'seconds for all', 'Headway ÷ this'],
      [row(service), ...peers.map(({ one }) => row(one)), ...peers.map(({ many }) => row(many))],
    ),
  ];
}

function growth({ jobs, floor, errors }: NonNullable<Results['growth']>): string[] {
  return [
    '## Growth',
    'Answers a second; creates at 64 connections, the rest at 16. Reports go to all jobs at random.',
    table(
      ['jobs', 'create', 'report', 'list', 'memory, MiB', 'floor: create', 'report', 'memory, MiB'],
      jobs.map((point, index) => [
        amount(point.jobs),
        ...[point.creates, point.reports, point.lists, point.residentMiB].map(amountOrNone),
        ...[floor[index]?.creates, floor[index]?.reports, floor[index]?.residentMiB].map(amountOrNone),
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

function startUp(start: NonNullable<Results['start']>, growth: Results['growth']): string[] {
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
