import { expect, it } from 'vitest';
import { EVENT_TYPES } from '../../../src/domain/job/event';
import type { Status } from '../../../src/domain/job/job';
import { mayHaveStatus } from '../../../src/domain/webhook/status-filter';

const may = (last: Status | undefined, ...statuses: Status[]) =>
  mayHaveStatus('job.stage_changed', last, statuses);

it('an event was told of where the status at the last of its type is wanted, or one that may have come before it', () => {
  expect(may('cancelled', 'cancelled')).toBe(true);
  expect(may('in_progress', 'cancelled')).toBe(false);
  expect(may('pending', 'in_progress', 'completed')).toBe(false);
  expect(may('in_progress', 'pending', 'completed')).toBe(true);
  expect(may('completed', 'failed')).toBe(false);
});

it('one whose status an older build did not keep was told of by its type', () => {
  expect(may(undefined, 'cancelled')).toBe(true);
  expect(mayHaveStatus('job.created', undefined, ['cancelled'])).toBe(false);
});

it('whoever is told of all statuses is told of each', () => {
  expect(EVENT_TYPES.every((type) => mayHaveStatus(type, 'pending', null))).toBe(true);
});
