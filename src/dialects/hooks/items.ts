import type { Adjustment } from '../../domain/base/adjustment';
import { lookUp } from '../../domain/base/json-pointer';
import { type Rejection, reject } from '../../domain/base/rejection';
import type { ArrivalContent } from '../../domain/hook/source';
import { within } from '../../domain/hook/told-of-mapped';
import type { ParsedBody } from '../../http/parse-body';

/** The most items that are mapped of one delivery. */
const MOST_ITEMS = 200;

/** What is mapped by itself, and what of it is not as it came. */
export interface Item {
  sent: ArrivalContent;
  adjusted: readonly Adjustment[];
}

/** The parts of a payload that are mapped: the whole, or what `each` points to. */
export function itemsOf(
  each: string | undefined,
  { json, adjusted }: ParsedBody,
  header: ArrivalContent['header'],
): Item[] | Rejection {
  if (each === undefined) return [{ sent: { payload: json, header }, adjusted }];
  const payloads = lookUp(json, each);
  const place = JSON.stringify(each);
  if (!Array.isArray(payloads)) {
    return reject('validation_failed', `each is ${place}, where the payload has no array.`);
  }
  if (payloads.length > MOST_ITEMS) {
    return reject('validation_failed', `each is ${place}, where the payload has over ${MOST_ITEMS} items.`);
  }
  return payloads.map((payload, index) => ({
    sent: { payload, header },
    adjusted: within(`${each}/${index}`, adjusted),
  }));
}
