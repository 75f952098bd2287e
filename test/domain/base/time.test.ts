/** Times as programs write them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readQueryTime, readTime, writeTime } from '../../../src/domain/base/time';

const NOON = Date.UTC(2026, 10, 27, 12, 0, 0);

describe('a time', () => {
  it.each([
    ['2026-11-27T12:00:00Z', NOON],
    ['2026-11-27T12:00:00.000Z', NOON],
    ['2026-11-27T12:00Z', NOON],
    ['2026-11-27T12:00:00+0000', NOON],
    ['2026-11-27T12:00:00+00', NOON],
    ['2026-11-27T13:30:00+01:30', NOON],
    ['2026-11-27T13:30:00+0130', NOON],
    ['2026-11-27T07:00:00-05', NOON],
    ['2026-11-27 12:00:00', NOON],
    ['2026-11-27 12:00:00 +0000', NOON],
    ['2026-11-27t12:00:00z', NOON],
    ['2026-11-27T12:00:00', NOON],
    ['2026-11-27T12:00:00,250Z', NOON + 250],
    ['2026-11-27T12:00:00.123456789Z', NOON + 123],
    ['2026-11-27T12:00:00.5Z', NOON + 500],
    ['2026-11-27T13:00:00+01:00[Europe/Berlin]', NOON],
    ['2026-11-27T13:00+01:00[GMT+01:00]', NOON],
    ['2026-11-27T12:00Z[Etc/UTC]', NOON],
    ['2026-11-27T13:00:00+01:00[!Europe/Berlin][u-ca=iso8601]', NOON],
    ['2026-11-27T12:53:28+00:53:28', NOON],
    [`/Date(${NOON})/`, NOON],
    [`/Date(${NOON}+0100)/`, NOON],
    ['/Date(-62135596800000)/', -62_135_596_800_000],
    ['2026-11-27T11:59:60Z', NOON],
    ['2026-11-27T11:59:60.9Z', NOON],
    ['2026-11-27', NOON - 43_200_000],
    [' 2026-11-27T12:00:00Z\n', NOON],
    [NOON / 1_000, NOON],
    [NOON, NOON],
    [String(NOON / 1_000), NOON],
    [String(NOON), NOON],
    [`${NOON / 1_000}.25`, NOON + 250],
    ['0001-01-01T00:00:00Z', -62_135_596_800_000],
    ['9999-12-31T23:59:59.999Z', 253_402_300_799_999],
    ['2024-02-29', Date.UTC(2024, 1, 29)],
    [0, 0],
  ])('%j is read', (written, at) => {
    expect(readTime(written)).toBe(at);
  });

  it.each([
    '',
    'yesterday',
    '2026-13-01',
    '2026-02-30',
    '2026-11-27T24:00:00Z',
    '2026-11-27T12:60:00Z',
    '2026-11-27T12:00:61Z',
    '2026-11-27T12:00:00+24:00',
    '0000-12-31',
    '0001-01-01T00:00:00+00:01',
    '9999-12-31T23:59:59-01:00',
    '10000-01-01',
    '2026-11-27T12:00:00+00:53:60',
    '2026-11-27T12:00:00Z[',
    '2026-11-27T12:00:00Z[]',
    '/Date(1e9)/',
    '/Date(-62135596800001)/',
    '/Date()/',
    '27.11.2026',
    '2026-11-27T12',
    '1e9',
    1e14,
    Number.NaN,
    Number.POSITIVE_INFINITY,
  ])('%j is none', (written) => {
    expect(readTime(written)).toBeNull();
  });

  it('in a query may have lost the plus of its offset', () => {
    expect(readQueryTime('2026-11-27T13:00:00 01:00')).toBe(NOON);
    expect(readQueryTime('2026-11-27T13:00:00.5 0100')).toBe(NOON + 500);
    expect(readQueryTime('2026-11-27 12:00:00')).toBe(NOON);
    expect(readQueryTime('2026-11-27 12:00')).toBe(NOON);
    for (const offset of [' 01', ' 0100', ' 01:00', ' 01:00:00', ' 01:00[Europe/Berlin]']) {
      expect(readQueryTime(`2026-11-27 13:00${offset}`), offset).toBe(NOON);
      expect(readQueryTime(`2026-11-27T13:00:00${offset}`), offset).toBe(NOON);
    }
    expect(readQueryTime('2026-11-27  12:00')).toBeNull();
  });
});

it('a time is written as toISOString writes it, whatever was written before it', () => {
  const first = Date.parse('0001-01-01T00:00:00Z');
  const instants = fc.array(fc.integer({ min: first, max: Date.UTC(9999, 11, 31, 23, 59, 59, 999) }));
  const nearby = fc.array(fc.integer({ min: -2 * 86_400_000, max: 2 * 86_400_000 }));
  fc.assert(
    fc.property(fc.oneof(instants, nearby), (times) => {
      expect(times.map(writeTime)).toEqual(times.map((at) => new Date(at).toISOString()));
    }),
  );
  expect(() => writeTime(Number.NaN)).toThrow(RangeError);
});
