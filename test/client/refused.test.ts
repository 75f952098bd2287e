/** What the outbox sends of reports of which something was refused, or is long. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Report } from '../../src/client/types.ts';
import { type Numbered, open, reportsOf } from './open-outbox.ts';

/** What is sent of these reports once fields of them were refused. */
function amended(said: readonly Report[], refused: readonly string[]): Numbered[] {
  const { outbox, say, seal } = open();
  for (const report of said) say(report);
  seal();
  outbox.amend(refused.map((path) => ({ path, message: 'is not as it should be' })));
  const sent = reportsOf(seal()?.body);
  return sent.map(({ reporter: _, sequence: __, ...report }) => report);
}

test('one mistake of form costs what is wrong, and nothing beside it', () => {
  const counted = Array.from({ length: 1_000 }, (): Report => ({ processed_delta: 1 }));
  const odd = { processed_delta: 1, 'x-id': 'abc' } as Report;
  assert.deepEqual(amended([...counted, odd], ['reports.0.x-id']), [{ processed_delta: 1_001 }]);
  const good = { entity_key: 'k', error_type: 't', message: 'good' };
  const bad = { message: 'bad' } as typeof good;
  const lacks = ['reports.0.errors.0.entity_key', 'reports.0.errors.0.error_type'];
  assert.deepEqual(amended([{ error: bad }, { error: good }], lacks), [{ errors: [good] }]);
  const patch = { stage: {}, last_message: {} };
  const wrong = ['reports.0.metadata_patch.stage', 'reports.0.metadata_patch.last_message'];
  const both = { processed_delta: 5, metadata_patch: patch };
  assert.deepEqual(amended([both], wrong), [{ processed_delta: 5 }]);
});

test('where what was refused isn’t found, counters and marks are left; and nothing where they are all there is', () => {
  const report: Report = { failed_items: 2, metadata_patch: { a: 1 }, mark_failed: 'no disk' };
  assert.deepEqual(amended([report], ['reports.0.nowhere']), [{ failed_items: 2, mark_failed: 'no disk' }]);
  const { outbox, say, seal } = open();
  say({ processed_delta: 1 });
  seal();
  const refused = [{ path: 'reports.0.sequence', message: 'is not as it should be' }];
  assert.deepEqual(outbox.amend(refused), { left: false, removed: ['reports.0.sequence'] });
});

test('long names of two things stay two, and long details are the service’s to shorten', () => {
  const { say, seal } = open();
  const key = (end: string) => `${'k'.repeat(600)}${end}`;
  const details = { trace: 'x'.repeat(20_000), code: 7 };
  for (const end of ['a', 'b']) {
    say({ error: { entity_type: 'row', entity_key: key(end), error_type: 't', message: 'm', details } });
  }
  const long = { entity_type: 'row', entity_key: key('c'), error_type: 't', message: 'm' };
  say({ error: { ...long, details: { trace: 'x'.repeat(50_000), code: 7 } } });
  say({ error: { ...long, details: Object.fromEntries(Array.from({ length: 9_000 }, (_, n) => [n, n])) } });
  const errors = reportsOf(seal()?.body).flatMap((report) => report.errors ?? []);
  assert.deepEqual(
    errors.map(({ entity_key }) => entity_key),
    [key('a'), key('b'), key('c'), key('c')],
  );
  assert.deepEqual([errors[0]?.details, errors[1]?.details], [details, details]);
  const { trace, code } = (errors[2]?.details ?? {}) as { trace: string; code: number };
  assert.deepEqual([trace.length, trace[1_000], code], [4_000, '…', 7]);
  assert.deepEqual(errors[3]?.details, { truncated: true });
});
