import { expect, it } from 'vitest';
import { reportSchema } from '../../../src/domain/job/command';
import { transition } from '../../../src/domain/job/transition';
import { jobIn, NEVER_SEEN, NOW } from '../../support/arbitraries';

it.each([
  ['0000-01-01T00:00:00+10:00', NOW],
  ['0000-12-31T23:59:59.999Z', NOW],
  ['0001-01-01T00:00:00Z', Date.parse('0001-01-01T00:00:00Z')],
  ['0001-01-01T00:00:00+00:01', NOW],
  ['9999-12-31T23:59:59.999Z', Date.parse('9999-12-31T23:59:59.999Z')],
  ['9999-12-31T23:59:59-10:00', NOW],
  ['2026-11-27T12:00:00+02:00', Date.UTC(2026, 10, 27, 10)],
])(
  'a log entry of %s is kept, outside the years 1 to 9999 under the time of its arrival',
  (timestamp, at) => {
    const report = reportSchema.parse({ logs: [{ level: 'info', message: 'm', timestamp }] });
    const step = transition(jobIn('pending'), { verb: 'report', report, digest: '' }, NOW, NEVER_SEEN);
    expect(step.entries).toMatchObject([{ kind: 'log', at }]);
  },
);
