import type { Tone } from '../../domain/base/palette.ts';
import { dim, type Look, paint } from './look.ts';

/** A bar of exactly `columns`, done to `share` (0–1); null where nobody knows, then something moves in it by `frame`. */
export function bar(look: Look, tone: Tone, share: number | null, columns: number, frame = 0): string {
  if (columns < 1) return '';
  if (share === null) return moving(look, tone, columns, frame);
  if (!look.unicode) {
    const inside = Math.max(columns - 2, 0);
    const done = Math.floor(share * inside);
    const head = done > 0 && done < inside ? `${'='.repeat(done - 1)}>` : '='.repeat(done);
    return columns < 3 ? ' '.repeat(columns) : `[${paint(look, tone, head)}${' '.repeat(inside - done)}]`;
  }
  // Half a column is the least that is drawn; a bar is whole only where all is done.
  const halves = Math.floor(share * columns * 2);
  const [done, half] = [Math.floor(halves / 2), halves % 2];
  const rest = columns - done - half;
  if (look.colours === 'none') return `${'━'.repeat(done)}${half ? '╸' : ''}${'─'.repeat(rest)}`;
  return paint(look, tone, `${'━'.repeat(done)}${half ? '╸' : ''}`) + dim(look, '━'.repeat(rest));
}

function moving(look: Look, tone: Tone, columns: number, frame: number): string {
  const [track, piece] = look.unicode ? [look.colours === 'none' ? '─' : '━', '━'] : ['-', '='];
  const length = Math.min(Math.max(Math.floor(columns / 5), 1), columns);
  const way = columns - length;
  const at = way === 0 ? 0 : Math.abs(((frame + way) % (2 * way)) - way);
  const [before, after] = [track.repeat(at), track.repeat(way - at)];
  return dim(look, before) + paint(look, tone, piece.repeat(length)) + dim(look, after);
}
