import { type Adjustment, MOST_TOLD, shortPath } from '../base/adjustment';
import type { FieldError } from '../base/rejection';
import type { EntryKind } from '../job/draft';

/** What an answer tells of a body that was not taken as it came. */
export interface Told {
  adjusted: readonly Adjustment[];
  ignored: readonly FieldError[];
}

export const NOTHING_TOLD: Told = { adjusted: [], ignored: [] };

/** The lists that entries stand in, by their kinds. */
const LISTS = { error: 'errors', warning: 'warnings', log: 'logs', event: 'events' } as const;

/** The same, with the lists in which what came took the place of what was oldest: its job holds as many bytes as it may. */
export function alsoBound(told: Told, kinds: readonly EntryKind[] = []): Told {
  if (kinds.length === 0) return told;
  const bound = kinds.map((kind) => ({ path: LISTS[kind], reason: 'bound' as const }));
  return { ...told, adjusted: [...told.adjusted, ...bound] };
}

/** The fields of an answer that tell it: 20 of each at most, absent where there are none, at short paths. Source: behaviour §2. */
export function tell({ adjusted, ignored }: Told): { adjusted?: Adjustment[]; ignored?: FieldError[] } {
  return {
    ...(adjusted.length === 0 ? {} : { adjusted: shown(adjusted) }),
    ...(ignored.length === 0 ? {} : { ignored: shown(ignored) }),
  };
}

function shown<One extends { path: string }>(told: readonly One[]): One[] {
  return told.slice(0, MOST_TOLD).map((one) => ({ ...one, path: shortPath(one.path) }));
}
