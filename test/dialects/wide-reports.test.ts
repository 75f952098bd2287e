/** Reports that hold far more than they may cost little: what is refused or ignored anyway is not looked into. */
import { expect, it } from 'vitest';
import { takeBatch, takeReport } from '../../src/dialects/native/reports/read-reports';
import type { Json, JsonObject } from '../../src/domain/base/json';
import { Reading } from '../../src/domain/door/reading';
import { withinLimits } from '../../src/http/within-limits';

const MOST = 1_000;

function take(json: Json) {
  return takeReport({ json, adjusted: [], bytes: 1, params: {} }, 'job');
}

/** So many entries, and how often one of them was looked into. */
function entries(count: number) {
  const tally = { looks: 0 };
  const entry = {
    get message() {
      tally.looks += 1;
      return 'm';
    },
  };
  return { list: Array<JsonObject>(count).fill(entry), tally };
}

it.each(['errors', 'warnings', 'logs'])(
  'a report with too many %s is refused for that alone, without a look into them',
  (field) => {
    const { list, tally } = entries(MOST + 1);
    const errors = [{ path: field, message: 'must have at most 1000 items' }];
    expect(take({ [field]: list })).toMatchObject({ code: 'validation_failed', errors });
    const place = [{ path: `reports.0.${field}`, message: 'must have at most 1000 items' }];
    const batch = { json: { reports: [{ [field]: list }] }, adjusted: [], bytes: 1, params: {} };
    expect(takeBatch(batch, 'job')).toMatchObject({ code: 'validation_failed', errors: place });
    expect(tally.looks).toBe(0);
    expect(take({ [field]: 'x'.repeat(MOST + 1) })).toMatchObject({
      detail: `${field} must be an array.`,
    });
  },
);

it('a report with an end and more keys than it may have is not copied where each of them is sound', () => {
  const keys = Array.from({ length: MOST }, (_, key) => [`k${key}`, key] as const);
  const report: JsonObject = { mark_completed: true, ...Object.fromEntries(keys) };
  const limited = withinLimits(report, new Reading(true));
  expect(limited.ok && limited.data).toBe(report);
});
