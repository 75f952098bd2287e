import { type Adjustment, MOST_TOLD } from '../base/adjustment';
import type { FieldError } from '../base/rejection';

/** What an answer tells of a body that was not taken as it came. */
export interface Told {
  adjusted: readonly Adjustment[];
  ignored: readonly FieldError[];
}

export const NOTHING_TOLD: Told = { adjusted: [], ignored: [] };

/** The fields of an answer that tell it: 20 of each at most, absent where there are none. Source: behaviour §2. */
export function tell({ adjusted, ignored }: Told): { adjusted?: Adjustment[]; ignored?: FieldError[] } {
  return {
    ...(adjusted.length === 0 ? {} : { adjusted: adjusted.slice(0, MOST_TOLD) }),
    ...(ignored.length === 0 ? {} : { ignored: ignored.slice(0, MOST_TOLD) }),
  };
}
