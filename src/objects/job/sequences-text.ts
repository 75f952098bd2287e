import { NO_SEQUENCES, type Sequences, withSequence } from '../../domain/job/sequences';

/** Stands where an older build has a reporter's sequence, which is never below 0. */
const PACKED = -1;

/**
 * Sequences as the job's row keeps them: a JSON list of pairs, as an older build wrote one for each reporter, and reads
 * it still. All are packed in one pair.
 */
export function sequencesText(sequences: Sequences): string {
  return sequences.byteLength === 0 ? '[]' : `[["${sequences.toBase64()}",${PACKED}]]`;
}

/** Reads such a list. What an older build wrote has no times: each counts as having spoken at `heard` (ms). */
export function readSequences(text: string, heard: number): Sequences {
  if (text === '[]') return NO_SEQUENCES;
  let sequences = NO_SEQUENCES;
  for (const [name, sequence] of JSON.parse(text) as [string, number][]) {
    if (sequence === PACKED) sequences = Uint8Array.fromBase64(name);
    else sequences = withSequence(sequences, name, sequence, heard) ?? sequences;
  }
  return sequences;
}
