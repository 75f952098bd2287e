/** A run as a page of Markdown. */
import { type Aim, isMet } from './aim.ts';
import { aimsOf } from './aims.ts';
import type { Others } from './others.ts';
import type { Results } from './results.ts';
import { age, growth, startUp } from './sections/growing.ts';
import { lives, workers } from './sections/lives.ts';
import { throughput } from './sections/throughput.ts';
import { idle, processor, rowsWritten } from './sections/upkeep.ts';
import { watching } from './sections/watching.ts';
import { amount, spreadText, table } from './table.ts';

export function reportOf(results: Results): string {
  const sections = [
    title(results),
    ['## Aims', aimsTable(aimsOf(results))],
    results.cells && throughput(results.cells),
    results.life && lives(results.life),
    results.processor && processor(results.processor),
    results.idle && idle(results.idle),
    results.rows && rowsWritten(results.rows),
    results.workers && workers(results.workers),
    results.growth && growth(results.growth),
    results.watch && watching(results.watch),
    results.age && age(results.age),
    results.start && startUp(results.start, results.growth),
    machineMeanwhile(results.others),
  ];
  return `${sections.flatMap((section) => section ?? []).join('\n\n')}\n`;
}

/** An aim that is not met has what the run found beside it. */
export function aimsTable(aims: readonly Aim[]): string {
  return table(
    ['what', 'aim', 'measured', 'met'],
    aims.map((aim) => {
      const unit = aim.unit === undefined ? '' : ` ${aim.unit}`;
      return [
        aim.what,
        `${aim.bound} ${aim.aim}${unit}`,
        aim.measured === null ? 'not measured' : `${spreadText(aim.measured)}${unit}`,
        metText(aim),
      ];
    }),
  );
}

function metText(aim: Aim): string {
  const met = isMet(aim);
  if (met === null) return '–';
  if (met) return 'yes';
  return aim.beside === '' ? '**no**' : `**no**: ${aim.beside}`;
}

function title({ began, minutes, machine, plan, peers, skipped, syncsAfter }: Results): string[] {
  const { rounds, seconds, warmup } = plan.rounds;
  const { cpu, cores, memoryGiB, system, syncsPerSecond, load, commit, versions } = machine;
  const memoryDisk = machine.memoryDisk ? ' (memory: commits cost nothing)' : '';
  return [
    `# Benchmarks, ${began.slice(0, 16).replace('T', ' ')} UTC`,
    plan.quick ? 'A short or partial run: for trying, not for quoting.' : '',
    [
      `- Machine: ${cpu}, ${cores} cores, ${memoryGiB} GiB, ${system}; load average before ${load}`,
      `- Disk: ${amount(syncsPerSecond)} synced 4 KiB writes a second before, ${amount(syncsAfter)} after${memoryDisk}`,
      `- Headway at ${commit}; ${versions.join(', ')}`,
      ...peers.map(({ name, versions }) => `- ${name}: ${versions}`),
      ...skipped.map(({ name, why }) => `- ${name}: skipped, ${why}`),
      `- ${rounds} ${rounds === 1 ? 'round' : 'rounds'}, ${seconds} s a sample after ${warmup} s of warm-up; the load ` +
        `shares the machine; ${minutes.toFixed(0)} minutes in all`,
    ].join('\n'),
  ].filter((line) => line !== '');
}

function machineMeanwhile(others: readonly Others[]): string[] {
  const cores = (value: number | null) => (value === null ? '–' : value.toFixed(2));
  return [
    '## What else the machine did',
    'Processor time, in cores, that went to others than the benchmark and what it measures, and that the machine’s host took ' +
      'away. The load average is the last at the end of a part, and the benchmark’s own load is in it.',
    table(
      ['part', 'seconds', 'others', 'stolen', 'load average'],
      others.map((part) => [
        ...[part.part, amount(Math.round(part.seconds)), cores(part.cores), cores(part.stolen)],
        part.load.toFixed(2),
      ]),
    ),
  ];
}
