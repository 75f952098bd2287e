/** Tables of Markdown that read well as plain text too. */
import type { Spread } from './stats.ts';

/** A column of figures is set to the right, any other to the left. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) =>
    Math.max(3, title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const right = head.map((_, column) => rows.every((row) => /^[\d–]/.test(row[column] ?? '–')));
  const pad = (text: string, column: number) =>
    right[column] ? text.padStart(widths[column] ?? 0) : text.padEnd(widths[column] ?? 0);
  const line = (cells: readonly string[]) => `| ${head.map((_, n) => pad(cells[n] ?? '', n)).join(' | ')} |`;
  const rule = widths.map((width, column) => '-'.repeat(width - 1) + (right[column] ? ':' : '-'));
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}

/** `0.81 (0.78–0.83)`: the median of the rounds, the least and the most. */
export function spreadText(
  { median, min, max }: Spread,
  figure = (value: number) => value.toFixed(2),
): string {
  return min === max ? figure(median) : `${figure(median)} (${figure(min)}–${figure(max)})`;
}

/** `12,345`, `123`, `1.23`: as many digits as mean something. */
export function amount(value: number): string {
  if (value >= 100 || Number.isInteger(value)) return Math.round(value).toLocaleString('en-US');
  return value.toPrecision(3);
}
