import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY } from '../../../src/domain/base/time';
import {
  lastSequence,
  NO_SEQUENCES,
  REPORTER_LIMIT,
  type Sequences,
  withSequence,
} from '../../../src/domain/job/sequences';
import { NOW } from '../../support/arbitraries';

function filled(): Sequences {
  let sequences = NO_SEQUENCES;
  for (let n = 0; n < REPORTER_LIMIT; n++) sequences = taken(withSequence(sequences, `w${n}`, n, NOW + n));
  return sequences;
}

function taken(sequences: Sequences | null): Sequences {
  if (sequences === null) throw new Error('there was no room');
  return sequences;
}

describe('the sequences of a job’s reporters', () => {
  it('are what each was last, up to the largest integer', () => {
    const sequence = fc.oneof(fc.maxSafeNat(), fc.nat({ max: 9 }));
    const step = fc.record({ reporter: fc.string({ maxLength: 3 }), sequence });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const known = new Map<string, number>();
        let sequences = NO_SEQUENCES;
        for (const [index, { reporter, sequence: last }] of steps.entries()) {
          const before = sequences.slice();
          const next = taken(withSequence(sequences, reporter, last, NOW + index));
          expect(sequences).toEqual(before);
          sequences = next;
          known.set(reporter, last);
        }
        for (const [reporter, last] of known) expect(lastSequence(sequences, reporter)).toBe(last);
        expect(lastSequence(sequences, 'unknown')).toBeUndefined();
        expect(sequences.byteLength).toBe(known.size * 22);
      }),
    );
  });

  it('of a thousand are each known', () => {
    const full = filled();
    for (let n = 0; n < REPORTER_LIMIT; n++) expect(lastSequence(full, `w${n}`)).toBe(n);
    expect(full.byteLength).toBe(22_000);
  });

  it('have room for another once the one silent longest has been for a day, and not before', () => {
    const full = taken(withSequence(filled(), 'w0', 5, NOW + 2_000));
    expect(withSequence(full, 'new', 1, NOW + 1 + DAY - 1)).toBeNull();
    const next = taken(withSequence(full, 'new', 1, NOW + 1 + DAY));
    expect(lastSequence(next, 'w1')).toBeUndefined();
    expect(['new', 'w0', 'w2'].map((name) => lastSequence(next, name))).toEqual([1, 5, 2]);
    expect(next.byteLength).toBe(full.byteLength);
    expect(withSequence(next, 'newer', 1, NOW + 1 + DAY)).toBeNull();
  });

  it('go on for those that are known, however full they are', () => {
    expect(lastSequence(taken(withSequence(filled(), 'w500', 501, NOW)), 'w500')).toBe(501);
  });
});
