import { afterEach, describe, expect, it, vi } from 'vitest';
import { CONTENT_LIMIT, type Job } from '../../../src/domain/job/job';
import { applyUnit, weighUnit } from '../../../src/domain/job/unit';
import { jobIn, NEVER_SEEN, NOW } from '../../support/arbitraries';

afterEach(() => {
  vi.restoreAllMocks();
});

const KEYS = Array.from({ length: 900 }, (_, n) => `key_${n}`);
const LARGE: Job = {
  ...jobIn('in_progress'),
  metadata: Object.fromEntries(KEYS.map((key) => [key, 'x'.repeat(55)])),
  result: KEYS.map((key) => ({ [key]: 'x'.repeat(55) })),
};

function unitOf(reports: object[]) {
  return {
    commands: reports.map((report) => ({ verb: 'report' as const, report: report as never, digest: '' })),
    batch: true,
  };
}

/** Characters of JSON that the machine writes to apply `reports`. */
function written(reports: object[]): { characters: number; revisions: number } {
  const spied = vi.spyOn(JSON, 'stringify');
  const { change } = applyUnit(LARGE, unitOf(reports), NOW, NEVER_SEEN);
  const texts = spied.mock.results.map(({ value }) => String(value ?? ''));
  spied.mockRestore();
  return {
    characters: texts.reduce((sum, { length }) => sum + length, 0),
    revisions: change.job.revision - LARGE.revision,
  };
}

describe('the cost of a unit is bounded by its own size, however large the job', () => {
  it.each([
    ['patches that change something', (n: number) => ({ metadata_patch: { key_1: n } }), 1_000],
    ['patches that change nothing', () => ({ metadata_patch: { key_1: 'x'.repeat(55) } }), 0],
    [
      'patches that add and take away',
      (n: number) => ({ metadata_patch: { [`new_${n % 2}`]: n % 3 === 0 ? null : n } }),
      1_000,
    ],
    ['results that are as they were', () => ({ result: LARGE.result }), 0],
    ['results, each another', (n: number) => ({ result: [n] }), 1_000],
  ])('%s', (_name, report, most) => {
    const reports = Array.from({ length: 1_000 }, (_, n) => report(n));
    const { characters, revisions } = written(reports);
    expect(revisions).toBeLessThanOrEqual(most);
    expect(revisions).toBeGreaterThanOrEqual(most / 2);
    expect(characters).toBeLessThan(4 * CONTENT_LIMIT);
  });

  it('is weighed by what it appends, by long texts, and by a patch once', () => {
    const log = { level: 'info', message: 'm' };
    expect(weighUnit(unitOf([{ processed_items: 1 }, {}]))).toBe(2);
    expect(Math.floor(weighUnit(unitOf([{ logs: [log, log], error: { message: 'm' } }])))).toBe(4);
    expect(Math.floor(weighUnit(unitOf([{ logs: [{ ...log, message: 'm'.repeat(10_240) }] }])))).toBe(12);
    const patched = weighUnit(unitOf([{ metadata_patch: { a: 1 } }]));
    expect(weighUnit(unitOf([{ metadata_patch: { a: 1 } }, { metadata_patch: { a: 2 } }]))).toBe(patched + 1);
  });
});
