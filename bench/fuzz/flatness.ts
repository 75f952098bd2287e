/** Whether memory stays flat: what grew after the warm-up, and by how much it may have. */
import type { Footprint } from './footprint.ts';

/** What may be added to the heap (MiB): caches that are not full yet, each with its own bound. */
const HEAP_GROWTH = 32;
/** What may be added to resident memory beside what the runtime keeps of objects (MiB). */
const GROWTH = 96;
/**
 * What the runtime's allocator keeps of an object that was open at once with others, after it was put away (MiB). Measured on
 * the bare floor (bench/floor) with objects of one row: 1,487 open at once left 0.22 each. 1,000 that were opened again five
 * times left 6 MiB more in all where the heap was collected after each, and about 18 MiB a time where it was not.
 */
const OBJECT = 0.22;

/** What has come to a footprint since another. */
export function growthOf(warm: Footprint, end: Footprint): Footprint {
  return {
    heap: end.heap - warm.heap,
    resident: end.resident - warm.resident,
    atOnce: end.atOnce - warm.atOnce,
  };
}

/** What has grown too much, in words; nothing where memory is flat. */
export function excessOf({ heap, resident, atOnce }: Footprint): string[] {
  const allowed = GROWTH + atOnce * OBJECT;
  return [
    ...(heap > HEAP_GROWTH ? [`the heap grew by ${Math.round(heap)} MiB, ${HEAP_GROWTH} at most`] : []),
    ...(resident > allowed
      ? [`resident memory grew by ${Math.round(resident)} MiB, ${Math.round(allowed)} at most`]
      : []),
  ];
}
