/** A siege as a line of the table that grows as the sieges go on. */
import type { Siege } from './siege-of.ts';
import type { Sample } from './victim.ts';

const WIDTHS = [17, 20, 20, 8, 21];

export const HEAD = line([
  ...['attack', 'alone p50/p99/max ms', 'beside p50/p99/max', 'failed', 'MiB before→peak→end'],
  'what the attack met',
]);

export function cells({ attack, alone, victim, memory, outcome }: Siege, misses: readonly string[]): string {
  const [before, peak, after] = [memory.before, memory.peak, memory.after].map((mib) => mib.toFixed(0));
  const counts = Object.entries(outcome.counts).map(([what, count]) => `${count} ${what}`);
  const row = line([
    ...[attack, latencies(alone), latencies(victim), `${victim.failed}/${victim.requests}`],
    `${before}→${peak}→${after}`,
    counts.join(', '),
  ]);
  return [row, ...misses.map((miss) => `    MISSED ${miss}`)].join('\n');
}

function latencies({ p50, p99, max }: Sample): string {
  return [p50, p99, max].map((ms) => ms.toFixed(ms < 10 ? 1 : 0)).join('/');
}

function line(texts: readonly string[]): string {
  return texts.map((text, column) => text.padEnd(WIDTHS[column] ?? 0)).join('  ');
}
