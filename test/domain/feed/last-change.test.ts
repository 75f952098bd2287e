import { expect, it } from 'vitest';
import { type KnownState, lastChange } from '../../../src/domain/feed/last-change';
import type { FeedEvent } from '../../../src/domain/feed/publication';
import { summaryOf } from '../../support/counting-shard';

const NOW = 10_000;
const known: KnownState = { status: 'in_progress', health: 'ok', updated_at: 5_000 };
const running = { status: 'in_progress', created_at: 1_000 } as const;
const staged = (at: number) => ({ n: 1, revision: 1, at, body: { type: 'job.stage_changed' } }) as FeedEvent;
const late = { ...running, health: 'late' } as const;

it.each([
  ['not known before, and nothing is told', null, running, [], 1_000],
  ['not known before, and told of a stage', null, running, [staged(2_000)], 2_000],
  ['nothing but progress', known, running, [], 5_000],
  ['a stage', known, running, [staged(6_000), staged(7_000)], 7_000],
  ['a stage of before what is known', known, running, [staged(4_000)], 5_000],
  ['a late worker, which no event tells', known, late, [], NOW],
  ['a late worker beside an older stage', known, late, [staged(6_000)], NOW],
  ['a late worker that was late before', { ...known, health: 'late' }, late, [staged(6_000)], 6_000],
  ['an end', known, { ...running, status: 'completed', completed_at: 8_000 }, [staged(9_000)], 8_000],
] as const)('%s', (_what, before, fields, events, expected) => {
  expect(lastChange(before, summaryOf(1, 2, fields), events, NOW)).toBe(expected);
});
