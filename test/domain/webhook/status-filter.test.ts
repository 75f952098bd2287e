import { expect, it } from 'vitest';
import type { FeedRow } from '../../../src/domain/feed/feed';
import { EVENT_TYPES } from '../../../src/domain/job/event';
import type { Status } from '../../../src/domain/job/job';
import { mayHaveStatus } from '../../../src/domain/webhook/status-filter';
import { messageOf } from '../../../src/domain/webhook/webhook';

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

it('a row of an older build tells by its own statuses what those before it can have been', () => {
  const told = { 'job.created': [1, 1], 'job.started': [2, 2], 'job.stage_changed': [5, 5] };
  const rowOf = (body: object): FeedRow => {
    return { seq: 9, at: 0, job_id: 'j', revision: 9, body: JSON.stringify({ ...body, told }) } as FeedRow;
  };
  const previous = (body: object, ...statuses: Status[]) => {
    return JSON.parse(messageOf(rowOf(body), {}, 0, statuses).body).previous_revision;
  };
  const done = { type: 'job.completed', status: 'completed', previous_status: 'in_progress' };
  expect(previous(done, 'completed')).toBeNull();
  expect(previous(done, 'in_progress', 'completed')).toBe(5);
  const stage = { type: 'job.stage_changed', status: 'cancelled', previous_status: 'cancelled' };
  expect(previous(stage, 'cancelled')).toBe(5);
});
