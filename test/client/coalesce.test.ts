/** The algebra of coalescing, held against the service's own pure state machine. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Gathering } from '../../src/client/gathering.ts';
import { mergePatches } from '../../src/client/merge-patches.ts';
import { entrySize, KINDS, reportOf, type Saying, sayingOf, textSize } from '../../src/client/saying.ts';
import type { Report } from '../../src/client/types.ts';
import { sameJson } from '../../src/domain/base/json.ts';
import { MergePatch } from '../../src/domain/base/merge-patch.ts';
import { type Command, reportSchema } from '../../src/domain/job/command.ts';
import type { Entry } from '../../src/domain/job/draft.ts';
import type { Job } from '../../src/domain/job/job.ts';
import { applyUnit } from '../../src/domain/job/unit.ts';
import { freshJob, NEVER_SEEN, NOW } from '../support/arbitraries.ts';

const small = fc.integer({ min: 0, max: 9 });
const issue = fc.record(
  {
    entity_key: fc.constantFrom('a', 'b', 'c'),
    error_type: fc.constantFrom('missing', 'invalid'),
    message: fc.string({ maxLength: 3 }),
    entity_type: fc.constantFrom('row', 'job'),
    details: fc.record({ n: small }),
  },
  { requiredKeys: ['entity_key', 'error_type', 'message'] },
);
const leaf = fc.oneof(fc.constant(null), small, fc.constant([1]));
const patch = fc.dictionary(
  fc.constantFrom('a', 'b', '__proto__'),
  fc.oneof(leaf, fc.dictionary(fc.constantFrom('a', 'b'), fc.oneof(leaf, fc.constant({ c: 1 })))),
);
const log = fc.record({
  level: fc.constantFrom('info', 'warn', 'error'),
  message: fc.string({ maxLength: 3 }),
});
const counters = fc.oneof(
  { weight: 4, arbitrary: fc.record({ processed_delta: small, failed_delta: small }, { requiredKeys: [] }) },
  { weight: 3, arbitrary: fc.record({ processed_items: small, failed_delta: small }, { requiredKeys: [] }) },
  {
    weight: 2,
    arbitrary: fc.record(
      { processed_items: small, failed_items: small, warned_items: small },
      { requiredKeys: [] },
    ),
  },
);
const rest = fc.record(
  {
    message: fc.string({ maxLength: 3 }),
    logs: fc.array(log, { maxLength: 2 }),
    error: issue,
    errors: fc.array(issue, { maxLength: 2 }),
    warning: issue,
    metadata_patch: patch,
    result: fc.oneof(small, fc.record({ n: small })),
  },
  { requiredKeys: [] },
);
const barrier = fc.oneof(
  { weight: 8, arbitrary: fc.constant({}) },
  { weight: 1, arbitrary: fc.record({ stage: fc.constantFrom('reading', 'writing') }) },
  { weight: 1, arbitrary: fc.record({ total_items: fc.integer({ min: 0, max: 30 }) }) },
  { weight: 1, arbitrary: fc.constant({ mark_started: true }) },
);
const report = fc.tuple(counters, rest, barrier).map((parts) => Object.assign({}, ...parts) as Report);
const end = fc.constantFrom<Report[]>([], [{ mark_completed: true }], [{ mark_failed: 'broken' }]);
const said = fc
  .tuple(fc.array(report, { maxLength: 12 }), end)
  .map(([reports, last]) => [...reports, ...last]);

function commandOf(given: Report): Command {
  return { verb: 'report', report: reportSchema.parse(given), digest: '' };
}

/** The job told `reports` in one unit, and what it appended. */
function told(reports: readonly Report[]): { job: Job; entries: Entry[] } {
  const unit = { commands: reports.map(commandOf), batch: true };
  const { outcome, change } = applyUnit(freshJob(), unit, NOW, NEVER_SEEN);
  assert.equal(outcome, 'accepted');
  return change;
}

function coalesced(reports: readonly Report[], sealedAfter: number): Report[] {
  const gathering = new Gathering();
  const most = { reports: 1_000, units: 1_000_000 };
  return [...reports.entries()].flatMap(([index, one], _, all) => {
    gathering.say(sayingOf(one, NOW, () => assert.fail('nothing is at fault')));
    return index === sealedAfter || index === all.length - 1 ? gathering.take(most).map(reportOf) : [];
  });
}

/** What must be the same: all but the revision and the samples of the rate; of entries those of each kind, in their order. */
function judged({ job, entries }: { job: Job; entries: Entry[] }) {
  const { revision: _r, rate: _a, rate_at: _b, rate_backlog: _c, moves: _d, ...rest } = job;
  const of = (kind: Entry['kind']) => entries.filter((entry) => entry.kind === kind);
  return {
    // Objects that the domain reads have no prototype.
    job: JSON.parse(JSON.stringify(rest)),
    logs: of('log').map(({ at, body }) => ({ at, body })),
    errors: of('error').map(({ body }) => JSON.stringify(body)),
    warnings: of('warning').map(({ body }) => JSON.stringify(body)),
    events: of('event').map(({ body }) => [
      (body as { type: string }).type,
      (body as { stage?: string }).stage,
    ]),
  };
}

test('reports that were coalesced make the same job as one by one', () => {
  fc.assert(
    fc.property(said, fc.nat(12), (reports, sealedAfter) => {
      const together = coalesced(reports, sealedAfter);
      assert.ok(together.length <= reports.length);
      assert.deepEqual(judged(told(together)), judged(told(reports)));
    }),
    { numRuns: 1_000 },
  );
});

test('what waits is measured as it is, whatever was added, handed on or dropped', () => {
  const measured = ({ fields, ...saying }: Saying) =>
    KINDS.reduce(
      (sum, kind) => saying[kind].reduce((all, entry) => all + entrySize(entry), sum),
      textSize(fields),
    );
  const room = fc.record({
    reports: fc.integer({ min: 1, max: 6 }),
    entries: fc.integer({ min: 1, max: 6 }),
    units: fc.integer({ min: 100, max: 2_000 }),
  });
  fc.assert(
    fc.property(said, room, (reports, most) => {
      const gathering = new Gathering(most);
      for (const one of reports) gathering.say(sayingOf(one, NOW, () => assert.fail('nothing is at fault')));
      const { units } = gathering;
      const taken = gathering.take({ reports: 1_000, units: 1_000_000 });
      const sizes = taken.map(measured);
      assert.deepEqual(
        taken.map(({ size }) => size),
        sizes,
      );
      assert.equal(
        units,
        sizes.reduce((sum, size) => sum + size, 0),
      );
      assert.equal(gathering.units, 0);
    }),
    { numRuns: 1_000 },
  );
});

test('a stage, a mark and a total tell the figures of their moment', () => {
  const reports: Report[] = [
    ...[{ processed_delta: 1 }, { processed_delta: 2 }, { stage: 'writing' }, { processed_delta: 4 }],
    ...[{ total_items: 40 }, { processed_delta: 8 }, { processed_delta: 16, mark_completed: true }],
  ];
  const together = coalesced(reports, 99);
  assert.deepEqual(
    together.map((one) => one.processed_delta ?? 0),
    [3, 0, 4, 0, 8, 16],
  );
});

test('two merge patches are one wherever one does what both do', () => {
  fc.assert(
    fc.property(
      patch,
      patch,
      fc.dictionary(fc.constantFrom('a', 'b'), fc.oneof(small, patch)),
      (a, b, target) => {
        const apply = (to: object, by: object) => new MergePatch().merge(to as never, by as never).apply();
        const one = mergePatches(a, b);
        const both = apply(apply(target, a), b);
        if (one !== null) assert.ok(sameJson(apply(target, one), both));
      },
    ),
    { numRuns: 1_000 },
  );
  assert.equal(mergePatches({ a: null }, { a: { b: 1 } }), null);
  assert.deepEqual(mergePatches({ a: { b: 1 } }, { a: { b: null, c: 2 } }), { a: { b: null, c: 2 } });
});

test('what is said is what was there when it was said, and what is no number is left out and told', () => {
  const details = { n: 1 };
  const faults: string[] = [];
  const given = { processed_delta: -1, failed_items: 1.5, error: { ...ISSUE, details } };
  const saying = sayingOf(given, NOW, (field) => faults.push(field));
  details.n = 2;
  assert.deepEqual(reportOf(saying), { errors: [{ ...ISSUE, details: { n: 1 } }] });
  assert.deepEqual(faults, ['processed_delta', 'failed_items']);
});

test('of messages the newest is shown and each is a line of the log, in order and with its time', () => {
  const gathering = new Gathering();
  for (const [index, message] of ['one', 'two', 'three'].entries()) {
    gathering.say(sayingOf({ message }, NOW + index, () => {}));
  }
  const [one] = gathering.take({ reports: 10, units: 1_000 }).map(reportOf);
  const line = (message: string, index: number) => {
    return { level: 'info', message, timestamp: new Date(NOW + index).toISOString() };
  };
  assert.deepEqual(one, {
    metadata_patch: { last_message: 'three' },
    logs: ['one', 'two', 'three'].map(line),
  });
});

const ISSUE = { entity_type: 'row', entity_key: '1', error_type: 'missing', message: 'no price' };
