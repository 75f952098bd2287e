import { expect, it } from 'vitest';
import { askedAnew } from '../../../src/domain/webhook/first-answer';

const NOW = 1_795_340_801_000;

/** Whether an endpoint that has answered at `from` is asked anew at `to`. */
const asked = (from: string, to: string) =>
  askedAnew({ url: from, enabled: true, answered_at: 1, asked_at: 1 }, { url: to }, NOW).asked_at === NOW;

it.each([
  ['https://r.example/a', 'https://r.example/b', false],
  ['https://r.example/a', 'https://R.example:443/a', false],
  ['http://r.example:80/a', 'http://r.example/a', false],
  ['https://r.example/a', 'https://s.example/a', true],
  ['https://r.example/a', 'https://r.example:8443/a', true],
  ['http://r.example/a', 'https://r.example/a', true],
  ['http://r.example:443/a', 'https://r.example/a', false],
])('from %s to %s another host or port is asked anew: %s', (from, to, anew) => {
  expect(asked(from, to)).toBe(anew);
});
