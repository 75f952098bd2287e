/** A reader whose filter lets nothing through learns where it stands all the same, so that its cursor does not grow old. */
import { expect, it } from 'vitest';
import type { FreshRow } from '../../src/domain/feed/feed';
import { FeedGroup } from '../../src/objects/org-index/feed-group';

const NOW = Date.UTC(2026, 10, 22);
const ask = { after: 5, limit: 10, types: ['job.failed'] } as const;
const fresh = (seq: number): FreshRow => ({
  row: { seq, at: NOW, job_id: 'j', revision: 1, body: '{}' },
  ...{ type: 'job.created', job_type: 'import', tags: [] },
});
const read = () => {
  throw new Error('nothing is read');
};

it.each([
  ['not before 15 s', -14_000, 0],
  ['after 15 s', -15_000, 1],
  ['at once where it began to wait by a clock that was ahead', 3_600_000, 1],
])('%s', (_, since, told) => {
  const group = new FeedGroup(ask, 5);
  group.add({} as WebSocket, { ask, since: NOW + since, through: 5 });
  const news = group.news([fresh(6)], read, NOW);
  expect(news.map(([, , { page }]) => page.through)).toEqual(Array(told).fill(6));
});
