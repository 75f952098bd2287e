/** The outbox as a pure machine: numbers, repeats, bounds, refusals. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Report } from '../../src/client/types.ts';
import { NOW, type Numbered, open, reportsOf } from './open-outbox.ts';

/** A job as far as numbers go: below the last stale, equal to it a duplicate, else taken. */
class Taker {
  processed = 0;
  readonly lines: string[] = [];
  #last = -1;

  take(body: string): void {
    for (const { sequence = 0, processed_delta = 0, logs = [] } of reportsOf(body)) {
      if (sequence <= this.#last) continue;
      this.#last = sequence;
      this.processed += processed_delta;
      this.lines.push(...logs.map(({ message }) => message));
    }
  }
}

test('whatever is lost, doubled or late, each report counts once and in order', () => {
  const fate = fc.constantFrom('kept', 'lost', 'answer lost', 'doubled', 'late');
  const step = fc.record({ says: fc.nat(4), fate, barrier: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const { outbox, say, seal } = open();
      const job = new Taker();
      const late: string[] = [];
      const lines: string[] = [];
      let processed = 0;
      for (const [n, { says, fate, barrier }] of steps.entries()) {
        for (let i = 0; i < says; i++) {
          processed += i;
          lines.push(`${n}.${i}`);
          say({ processed_delta: i, logs: [{ level: 'info', message: `${n}.${i}` }] });
        }
        if (barrier) say({ stage: `stage ${n}` });
        const sealed = seal();
        if (sealed === null) continue;
        if (fate === 'late') late.push(sealed.body);
        if (fate !== 'lost' && fate !== 'late') job.take(sealed.body);
        if (fate === 'doubled') job.take(sealed.body);
        if (fate === 'kept' || fate === 'doubled') outbox.settle();
        else assert.equal(seal()?.body, sealed.body);
        if (n % 3 === 0) for (const body of late.splice(0)) job.take(body);
      }
      for (let sealed = seal(); sealed !== null; sealed = seal()) {
        job.take(sealed.body);
        outbox.settle();
      }
      for (const body of late) job.take(body);
      assert.deepEqual([job.processed, job.lines], [processed, lines]);
    }),
    { numRuns: 500 },
  );
});

test('a report is numbered when it is sealed: what is said while one is under way gathers behind it', () => {
  const { outbox, say, seal } = open();
  say({ processed_delta: 1 });
  const first = seal();
  for (let i = 0; i < 100; i++) say({ processed_delta: 1 });
  assert.equal(seal(), first);
  outbox.settle();
  assert.deepEqual(reportsOf(seal()?.body), [{ processed_delta: 100, reporter: 'me', sequence: NOW + 1 }]);
  assert.equal(outbox.settle(), 101);
});

test('a service that is away costs so much memory and no more: sums stay exact, dropped lines are counted and told', () => {
  const { outbox, say, seal, dropped } = open({ reports: 10, entries: 20, units: 100_000 });
  for (let i = 0; i < 1_000; i++) {
    say({ processed_delta: 1, stage: `stage ${i}` });
    say({
      failed_delta: 1,
      message: `line ${i}`,
      warning: { entity_key: 'k', error_type: 't', message: `warning ${i}` },
    });
  }
  assert.ok(outbox.gathering.reports <= 11);
  const reports = reportsOf(seal()?.body);
  const sum = (field: 'processed_delta' | 'failed_delta') =>
    reports.reduce((all, one) => all + (one[field] ?? 0), 0);
  assert.deepEqual([sum('processed_delta'), sum('failed_delta')], [1_000, 1_000]);
  assert.deepEqual(dropped, [{ logs: 980, warnings: 980, errors: 0 }]);
  assert.match(JSON.stringify(reports[0]?.logs), /dropped 980 log lines, 980 warnings and 0 errors/);
  assert.equal(reports.at(-1)?.stage ?? reports.at(-2)?.stage, 'stage 999');
  const lines = reports.flatMap(({ logs = [], message }) => [
    ...(message === undefined ? [] : [message]),
    ...logs.map((one) => one.message),
  ]);
  assert.equal(lines.at(-1), 'line 999');
  assert.equal(lines.length, 21);
});

const TEXT = 'x'.repeat(25_000);
/** More than twice what may wait. */
const SAID = 5_000;
const LONG: Record<string, (n: number) => Report> = {
  'metadata of one name': (n) => ({ metadata_patch: { text: `${TEXT}${n}` } }),
  'metadata at a stage of its own': (n) => ({ stage: `${n}`, metadata_patch: { text: `${TEXT}${n}` } }),
  'metadata that no one patch says': (n) => ({
    metadata_patch: { text: n % 2 === 0 ? `${TEXT}${n}` : { n, TEXT } },
  }),
  'metadata of names without end': (n) => ({ metadata_patch: { [`${n}`]: TEXT } }),
  'a result, metadata': (n) =>
    n % 2 === 0 ? { result: { n, TEXT } } : { metadata_patch: { text: TEXT, n } },
};
for (const [what, long] of Object.entries(LONG)) {
  test(`${what}, said again and again while the service is away: so much memory and no more`, () => {
    const { outbox, say, seal, dropped } = open();
    const most = { reports: 0, units: 0 };
    for (let n = 0; n < SAID; n++) {
      say({ processed_delta: 1, ...long(n), ...(n % 100 === 0 ? { message: `line ${n}` } : {}) });
      for (const key of ['reports', 'units'] as const) most[key] = Math.max(most[key], outbox.gathering[key]);
    }
    assert.ok(most.reports <= 2_000 && most.units <= 4_194_304, JSON.stringify(most));
    const reports: Numbered[] = [];
    for (let sealed = seal(); sealed !== null; sealed = seal()) {
      reports.push(...reportsOf(sealed.body));
      outbox.settle();
    }
    assert.equal(outbox.gathering.units, 0);
    assert.ok(JSON.stringify(reports).length <= 4_194_304 + 200 * reports.length);
    assert.equal(
      reports.reduce((sum, { processed_delta = 0 }) => sum + processed_delta, 0),
      SAID,
    );
    const lines = reports.reduce((sum, { message, logs = [] }) => sum + logs.length + (message ? 1 : 0), 0);
    assert.deepEqual([lines, dropped], [SAID / 100, []]);
    const { result = long(SAID - 2).result, metadata_patch } = long(SAID - 1);
    assert.deepEqual(reports.findLast((one) => one.result)?.result, result);
    const last = reports.findLast((one) => one.metadata_patch)?.metadata_patch;
    for (const [name, value] of Object.entries(metadata_patch ?? {})) assert.deepEqual(last?.[name], value);
  });
}

test('a flood of log lines costs no metadata', () => {
  const { say, seal, outbox } = open({ reports: 1_000, entries: 10_000, units: 20_000 });
  for (let n = 0; n < 10; n++) say({ stage: `${n}`, metadata_patch: { [`file ${n}`]: n } });
  for (let n = 0; n < 100; n++) say({ logs: [{ level: 'info', message: `${n} ${'x'.repeat(1_000)}` }] });
  assert.ok(outbox.gathering.units <= 20_000);
  const reports = reportsOf(seal()?.body);
  const metadata = Object.assign({}, ...reports.map(({ metadata_patch }) => metadata_patch));
  assert.deepEqual(metadata, Object.fromEntries(Array.from({ length: 10 }, (_, n) => [`file ${n}`, n])));
});

test('what was refused is taken out, the rest is sent under new numbers', () => {
  const { outbox, say, seal } = open();
  const issue = { entity_key: 'k', error_type: 't', message: 'm' };
  say({ stage: 'one', processed_delta: 1 });
  say({ processed_delta: 2, errors: [issue, { ...issue, message: 'bad' }], metadata_patch: { a: 1 } });
  say({ stage: 'three', processed_delta: 4 });
  seal();
  const refused = ['reports.0.stage', 'reports.1.errors.1.message', 'reports.1.metadata_patch', 'reports.2'];
  const amended = outbox.amend(refused.map((path) => ({ path, message: 'is not as it should be' })));
  assert.equal(amended.left, true);
  assert.deepEqual(amended.removed.toSorted(), refused.toSorted());
  assert.deepEqual(reportsOf(seal()?.body), [
    { processed_delta: 1, reporter: 'me', sequence: NOW + 3 },
    { processed_delta: 2, errors: [issue], reporter: 'me', sequence: NOW + 4 },
  ]);
});

test('of what is refused for nobody knows what all that can be taken is', () => {
  const { outbox, say, seal } = open();
  for (let i = 0; i < 9; i++) say({ stage: `stage ${i}` });
  const taken: unknown[] = [];
  let given: string[] = [];
  for (let sealed = seal(); sealed !== null; sealed = seal()) {
    const stages = reportsOf(sealed.body).map(({ stage }) => stage);
    if (!stages.includes('stage 5')) taken.push(...stages);
    else {
      const { left, removed } = outbox.amend([]);
      given = [...given, ...removed];
      if (left) continue;
    }
    outbox.settle();
  }
  assert.deepEqual(
    taken,
    [0, 1, 2, 3, 4, 6, 7, 8].map((i) => `stage ${i}`),
  );
  assert.deepEqual(given, ['stage']);
});

test('a request is as large as the service takes, whatever is said', () => {
  const { outbox, say, seal } = open({ reports: 10_000, entries: 10_000, units: 100_000_000 });
  const long = '\u{1F600}é'.repeat(20_000);
  for (let i = 0; i < 40; i++) {
    const issue = { entity_type: 'row', entity_key: `${i} ${long}`, error_type: long, message: long };
    say({ message: long, error: { ...issue, details: { long } } });
  }
  const controls = '\u0001'.repeat(4_000);
  const issues = Array.from({ length: 1_100 }, (_, i) => {
    return { entity_type: 'row', entity_key: `${i}`, error_type: 't', message: controls };
  });
  say({ stage: 'last', errors: issues, mark_failed: long });
  const reports: Numbered[] = [];
  for (let sealed = seal(); sealed !== null; sealed = seal()) {
    assert.ok(Buffer.byteLength(sealed.body) <= 1_048_576);
    reports.push(...reportsOf(sealed.body));
    outbox.settle();
  }
  for (const report of reports) assert.ok(Buffer.byteLength(JSON.stringify(report)) <= 262_144);
  assert.equal(
    reports.reduce((sum, { errors = [] }) => sum + errors.length, 0),
    1_140,
  );
  assert.match(reports.at(-1)?.mark_failed ?? '', /…/);
});

test('what is counted is what a report of it would be, between all else that is said', () => {
  const said = fc.constantFrom<Report | null>(
    null,
    null,
    { processed_items: 7 },
    { processed_items: 3 },
    { failed_delta: 2, message: 'a line' },
    { stage: 'one' },
    { stage: 'two', processed_delta: 1 },
    { total_items: 9 },
  );
  fc.assert(
    fc.property(fc.array(said, { maxLength: 30 }), (reports) => {
      const [counting, saying] = [open(), open()];
      for (const report of reports) {
        const whole = report ?? { processed_delta: 1 };
        if (report !== null || !counting.outbox.gathering.count(1)) counting.say(whole);
        saying.say(whole);
      }
      assert.equal(counting.outbox.gathering.said, saying.outbox.gathering.said);
      assert.deepEqual(reportsOf(counting.seal()?.body), reportsOf(saying.seal()?.body));
    }),
  );
});
