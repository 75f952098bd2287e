import { expect, it } from 'vitest';
import { sentOf, shownSent } from '../../../src/domain/webhook/sent';

it('a body is cut after a whole character, and headers are hidden in whichever case they were given', () => {
  const event = `a${'ä'.repeat(5_000)}`;
  const headers: [string, string][] = [
    ['X-Team', 'secret'],
    ['webhook-signature', 'v1,secret'],
    ['webhook-id', '1'],
  ];
  const sent = sentOf('https://r.example/a?token=secret', 'standard', headers, ['x-tEAM'], event);
  expect(sent).toEqual({
    url: 'https://r.example/a',
    format: 'standard',
    headers: { 'X-Team': '…', 'webhook-signature': '…', 'webhook-id': '1' },
    bytes: 10_001,
  });
  const attempt = { at: 1, status: 200, duration_ms: 1, error: null, answer: '' };
  expect(shownSent([attempt, { ...attempt, sent }], event)?.body).toBe(`a${'ä'.repeat(2_047)}`);
  expect(shownSent([{ ...attempt, sent }, attempt], event)).toBeUndefined();
});
