import { type Adjustment, under } from '../base/adjustment';
import type { Source } from './source';
import { placesOf } from './source';

/**
 * What was adjusted of a payload, as it concerns the body that was mapped from it: at the fields that it was put in. What no
 * field takes is nobody's concern, and what stands at no place (an empty path) may concern any.
 */
export function toldOfMapped(
  from: Readonly<Record<string, Source>>,
  adjusted: readonly Adjustment[],
): Adjustment[] {
  const sources = Object.entries(from).flatMap(([target, source]) =>
    placesOf(source).map((pointer) => ({ target, path: pathOf(pointer), whole: typeof source === 'string' })),
  );
  return adjusted.flatMap(({ path, reason }) => {
    if (path === '') return [{ path, reason }];
    return sources.flatMap(({ target, path: taken, whole }): Adjustment[] => {
      const within = taken === '' || path === taken || path.startsWith(`${taken}.`);
      if (!within) return [];
      const rest = taken === '' ? path : path.slice(taken.length + 1);
      return [{ path: whole ? under(target, rest) : target, reason }];
    });
  });
}

/** What was adjusted within what a pointer finds, as seen from there. */
export function within(pointer: string, adjusted: readonly Adjustment[]): Adjustment[] {
  const place = pathOf(pointer);
  return adjusted.flatMap(({ path, reason }) => {
    if (path === '' || path === place) return [{ path: '', reason }];
    return path.startsWith(`${place}.`) ? [{ path: path.slice(place.length + 1), reason }] : [];
  });
}

/** A JSON Pointer as the dotted path of the same place. */
function pathOf(pointer: string): string {
  const steps = pointer.split('/').slice(1);
  return steps.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~')).join('.');
}
