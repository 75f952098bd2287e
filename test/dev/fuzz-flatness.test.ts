import assert from 'node:assert/strict';
import { test } from 'node:test';
import { excessOf, growthOf } from '../../bench/fuzz/flatness.ts';
import type { Footprint } from '../../bench/fuzz/footprint.ts';

/** What the fuzz says of the memory that a run has taken. */

const WARM: Footprint = { heap: 20, resident: 300, atOnce: 100 };

function said(end: Partial<Footprint>): string[] {
  return excessOf(growthOf(WARM, { ...WARM, ...end }));
}

test('nothing is said of memory that is as it was, or less', () => {
  assert.deepEqual(said({}), []);
  assert.deepEqual(said({ heap: 10, resident: 200 }), []);
});

test('a heap that grows is a fault, however many objects were open at once', () => {
  assert.deepEqual(said({ heap: 52 }), []);
  assert.deepEqual(said({ heap: 53, atOnce: 5_000 }), ['the heap grew by 33 MiB, 32 at most']);
});

test('resident memory may grow by what the runtime keeps of objects, and no more', () => {
  assert.deepEqual(said({ resident: 396 }), []);
  assert.deepEqual(said({ resident: 397 }), ['resident memory grew by 97 MiB, 96 at most']);
  assert.deepEqual(said({ resident: 418, atOnce: 200 }), []);
  assert.deepEqual(said({ resident: 419, atOnce: 200 }), ['resident memory grew by 119 MiB, 118 at most']);
});
