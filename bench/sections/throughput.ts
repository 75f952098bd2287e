/** The page's section on all contestants at all measures. */
import { type Cell, type CellSample, samplesAt, spreadAt, throughputRatio } from '../cells.ts';
import { MEASURES } from '../measures.ts';
import { amount, spreadText, table } from '../table.ts';

export function throughput(cells: readonly Cell[]): string[] {
  const names = [...new Set(cells.map(({ contestant }) => contestant))];
  const others = names.filter((name) => name !== 'Headway');
  const own = cells.filter(({ contestant }) => contestant === 'Headway');
  const bare = cells.filter(({ measure }) => measure === 'bare');
  const labels = ({ measure, connections, state }: Cell) => [
    ...[MEASURES[measure] + (state === 'fresh' ? '' : `, ${state}`), String(connections)],
  ];
  const of = (contestant: string, { measure, connections, state }: Cell) => {
    return samplesAt(cells, { contestant, measure, connections, state });
  };
  return [
    '## Throughput and latency',
    'Answers a second (least–most of the rounds) · p50 / p99 in milliseconds; medians. A batch is one answer. Everybody is started ' +
      'anew in each round and works alone: the others are held still. “After creations” is in the midst of whatever a ' +
      'contestant’s own creations have left it to do.',
    table(
      ['measure', 'connections', ...names],
      [...own, ...bare].map((cell) => [...labels(cell), ...names.map((name) => cellText(of(name, cell)))]),
    ),
    '### Headway ÷ the others',
    'Answers a second, each round by itself; median (least–most). The floor takes one report and one row a request.',
    table(
      ['measure', 'connections', ...others],
      own.map((cell) => [
        ...labels(cell),
        ...others.map((name) => {
          const ratio = throughputRatio(cell.samples, of(name, cell));
          return ratio === null ? '–' : spreadText(ratio);
        }),
      ]),
    ),
    ...listed('Answers other than 2xx, counted nowhere above:', refusals(cells)),
    ...listed(
      'Not quiet when it was measured, in cores of its own that it used just before:',
      restless(cells),
    ),
  ];
}

function cellText(samples: readonly CellSample[] | null): string {
  const [rate, p50, p99] = (['perSecond', 'p50', 'p99'] as const).map((field) => spreadAt(samples, field));
  if (!rate || !p50 || !p99) return '–';
  return `${spreadText(rate, amount)} · ${p50.median.toFixed(1)} / ${p99.median.toFixed(1)}`;
}

function refusals(cells: readonly Cell[]): string[] {
  return cells.flatMap(({ contestant, measure, samples }) =>
    samples
      .filter(({ refused }) => refused > 0)
      .map(({ refused, firstRefusal }) => `${contestant}, ${MEASURES[measure]}: ${refused}, ${firstRefusal}`),
  );
}

function restless(cells: readonly Cell[]): string[] {
  return cells.flatMap(({ contestant, measure, connections, samples }) => {
    const busy = samples.flatMap(({ quiet }) => (quiet?.reached === false ? [quiet.busy.toFixed(2)] : []));
    if (busy.length === 0) return [];
    return [`${contestant}, ${MEASURES[measure]} at ${connections} connections: ${busy.join(', ')}`];
  });
}

function listed(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [title, lines.map((line) => `- ${line}`).join('\n')];
}
