/** `docs/words.md`: a word that two things share tells nobody which is meant. */
import { expect, it } from 'vitest';

const SOURCES = import.meta.glob('../../src/**/*.ts', {
  query: '?raw',
  import: 'default',
  eager: true,
}) as Record<string, string>;
/** Words that had two meanings: each is the name of one thing, or of none. */
const WORDS = [
  'Told',
  'Asked',
  'Kept',
  'Position',
  'Member',
  'Delivery',
  'Snapshot',
  'Ending',
  'CommitPort',
  'Frame',
  'PageAsk',
  'Reading',
  'Verdict',
  'Outcome',
  'Counted',
  'Counts',
  'Sample',
  'Verified',
  'Condition',
  'Found',
  'Place',
  'Preset',
  'Sent',
  'Standing',
];

it.each(WORDS)('%s is declared in one file at most', (word) => {
  const declared = new RegExp(`^(?:export )?(?:interface|type|class) ${word}\\b`, 'm');
  const files = Object.entries(SOURCES).flatMap(([file, text]) => (declared.test(text) ? [file] : []));
  expect(Object.keys(SOURCES).length).toBeGreaterThan(200);
  expect(files.length, files.join(', ')).toBeLessThanOrEqual(1);
});
