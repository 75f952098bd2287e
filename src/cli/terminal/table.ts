import { fitted, padded, widthOf } from './fitted.ts';
import { dim, type Look } from './look.ts';

export interface Column {
  title: string;
  /** Figures stand at the right. */
  at?: 'right';
  /** It gives way where the terminal is narrow. */
  gives?: true;
}

const GAP = '  ';
const LEAST = 8;

/** Lines of a table: each cell is a plain text, coloured by `colour` where it stands. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  {
    look,
    width,
    colour,
  }: { look: Look; width: number; colour?: (text: string, row: number, column: number) => string },
): string[] {
  const widths = columns.map(({ title }, n) =>
    Math.max(widthOf(title), ...rows.map((row) => widthOf(row[n] ?? ''))),
  );
  for (const [n, { gives, title }] of columns.entries()) {
    const over = widths.reduce((sum, one) => sum + one + GAP.length, -GAP.length) - width;
    if (gives && over > 0) widths[n] = Math.max(Math.max(LEAST, widthOf(title)), (widths[n] ?? 0) - over);
  }
  const cell = (text: string, n: number) => {
    const columns_ = widths[n] ?? 0;
    return padded(fitted(text, columns_), columns_, columns[n]?.at === 'right' ? 'start' : 'end');
  };
  const lines = rows.map((row, r) =>
    columns.map((_, n) => {
      const text = cell(row[n] ?? '', n);
      return colour === undefined ? text : colour(text, r, n);
    }),
  );
  const head = columns.map(({ title }, n) => dim(look, cell(title, n)));
  return [head, ...lines].map((cells) => cells.join(GAP).trimEnd());
}
