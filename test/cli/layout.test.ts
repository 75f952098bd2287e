/** How jobs look in a terminal: in line with each other, in whatever room there is, and never more than they may. */
// biome-ignore-all lint/suspicious/noControlCharactersInRegex: terminals speak in them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { bar } from '../../src/cli/terminal/bar.ts';
import { ago, clock, rate } from '../../src/cli/terminal/figures.ts';
import { clean, fitted, widthOf } from '../../src/cli/terminal/fitted.ts';
import { type Look, lookOf } from '../../src/cli/terminal/look.ts';
import { table } from '../../src/cli/terminal/table.ts';
import { lastLine, layOut } from '../../src/cli/watch/layout.ts';
import { exitOf } from '../../src/cli/watch/outcome.ts';
import { shownOf } from '../../src/cli/watch/shown.ts';
import type { Job } from '../../src/client/index.ts';

const NOW = Date.parse('2026-05-01T12:00:00Z');
const PLAIN: Look = { colours: 'none', unicode: true };
const ASCII: Look = { colours: 'none', unicode: false };
const VALUES: Look = { colours: 'values', unicode: true };

function job(fields: Partial<Job> = {}): Job {
  const counts = { processed_items: 450, failed_items: 0, warned_items: 0, total_items: 1_000 };
  return {
    ...{ job_id: 'a1', job_type: 'import', name: 'Prices', status: 'in_progress', health: 'ok', ...counts },
    ...{ progress_percentage: 45, rate_per_second: 12, eta_at: '2026-05-01T12:00:46Z', stage: 'load' },
    ...{
      last_message: 'row 450',
      errors_total: 0,
      warnings_total: 0,
      duration_seconds: null,
      cancellation: null,
    },
    ...fields,
  } as Job;
}

const shown = (fields: Partial<Job> = {}, id = 'a1') => shownOf({ id, job: job(fields), isLost: false }, NOW);
const DONE = {
  status: 'completed',
  progress_percentage: 100,
  processed_items: 1_000,
  duration_seconds: 83,
} as const;

test('a job has a bar, its figures in line, and its stage and words below', () => {
  assert.deepEqual(layOut([shown()], { columns: 72, rows: 24, look: PLAIN, frame: 0 }), [
    '⠋ Prices ━━━━━━━━━━━━━━╸──────────────────  45%    450/1,000  12/s  0:46',
    '  load · row 450',
  ]);
});

test('several stand in line; what knows no total shows what it has done', () => {
  const jobs = [
    shown(),
    shown({
      name: 'Preise für Österreich',
      processed_items: 7,
      progress_percentage: 0.7,
      rate_per_second: 0.05,
      eta_at: null,
      stage: null,
      last_message: null,
    }),
    shown({
      name: '価格',
      total_items: 0,
      processed_items: 12_000,
      progress_percentage: 0,
      eta_at: null,
      rate_per_second: null,
    }),
    shown({
      name: 'Later',
      status: 'pending',
      processed_items: 0,
      progress_percentage: 0,
      rate_per_second: null,
      eta_at: null,
      stage: null,
      last_message: null,
    }),
    shown({ name: 'Slow', health: 'stalled', eta_at: null }),
  ];
  const lines = layOut(jobs, { columns: 90, rows: 8, look: PLAIN, frame: 0 });
  assert.equal(lines.length, 5);
  const bars = lines.map((line) =>
    [...line.matchAll(/[━╸─]+/g)].map(({ 0: found, index }) => [
      widthOf(line.slice(0, index)),
      widthOf(found),
    ]),
  );
  assert.deepEqual(new Set(bars.map((found) => JSON.stringify(found))).size, 1, lines.join('\n'));
  assert.match(lines[1] ?? '', / 0% +7\/1,000 +3\/min/);
  assert.match(lines[2] ?? '', /^⠋ 価格 .* 12,000/);
  assert.match(lines[3] ?? '', /^○ Later .*pending$/);
  assert.match(lines[4] ?? '', /stalled/);
});

test('where its own pace says nothing, what is left is by half of its type, until that is over', () => {
  const at = (seconds: number) => new Date(NOW - seconds * 1_000).toISOString();
  const time = (fields: Partial<Job>) => shown({ eta_at: null, total_items: 0, ...fields }).time;
  assert.equal(time({ started_at: at(20), typical_seconds: 66.4 }), '~0:46');
  assert.equal(time({ started_at: at(67), typical_seconds: 66.4 }), '');
  assert.equal(time({ started_at: at(20), typical_seconds: null }), '');
  assert.equal(time({}), '');
  assert.equal(time({ started_at: at(20), typical_seconds: 66.4, health: 'late' }), 'late');
  assert.equal(shown({ started_at: at(20), typical_seconds: 66.4 }).time, '0:46');
});

test('no line is wider than the terminal, whatever the terminal and the job', () => {
  const names = ['P', 'Prices of all shops', '価格'.repeat(40), '👩‍👩‍👧‍👦'.repeat(30)];
  const jobs = names.flatMap((name) => [
    shown({ name }),
    shown({ name, ...DONE }),
    shown({ name, total_items: 0 }),
  ]);
  for (const look of [PLAIN, ASCII, VALUES]) {
    for (let columns = 8; columns < 140; columns += 1) {
      for (const rows of [3, 8, 40]) {
        const lines = layOut(jobs, { columns, rows, look, frame: columns });
        assert.ok(lines.length <= rows, `${lines.length} lines in ${rows} rows`);
        for (const line of [...lines, ...jobs.map((one) => lastLine(one, { columns, look }))]) {
          assert.ok(
            widthOf(line) <= columns,
            `${widthOf(line)} > ${columns}: ${stripVTControlCharacters(line)}`,
          );
        }
      }
    }
  }
});

test('where they don’t fit the rest is a number', () => {
  const jobs = Array.from({ length: 10 }, (_, n) => shown({ name: `Job ${n}` }));
  const lines = layOut(jobs, { columns: 60, rows: 6, look: PLAIN, frame: 0 });
  assert.deepEqual([lines.length, lines.at(-1)], [5, '  and 6 more']);
});

const LAST: [Partial<Job>, RegExp][] = [
  [DONE, /^✔ Prices ━+ 100% {2}1,000\/1,000 {2}in 1:23 {2}completed$/],
  [
    { status: 'failed', error_message: 'exit code 3\nno disk\nmore', duration_seconds: 5 },
    /^✘ .*in 0:05 {2}failed: exit code 3: more$/,
  ],
  [
    { status: 'cancelled', cancellation: { reason: 'not today' } as Job['cancellation'] },
    /^■ .* cancelled: not today$/,
  ],
  [{ ...DONE, status: 'partial_success', failed_items: 3, errors_total: 5 }, /^▲ .* 3 failed, 5 errors$/],
  [{ ...DONE, status: 'completed_with_warnings', warned_items: 2 }, /^▲ .* completed with 2 warnings$/],
];
for (const [fields, line] of LAST) {
  test(`the last line of one that is ${fields.status} says so`, () => {
    assert.match(lastLine(shown(fields), { columns: 120, look: PLAIN }), line);
  });
}

test('what others have written can’t move the cursor, colour what follows or turn its direction', () => {
  const evil = shown({ name: 'a\x1b[2Jb\x1b]0;x\x07\x9b31mc\r\nd\u202ee', last_message: '\x1b[31mred' });
  assert.equal(evil.name, 'ab31mc de');
  assert.equal(evil.words, 'load · red');
  assert.equal(clean('\t a\n\n b '), 'a b');
});

test('bars: half a column is drawn, and a bar is whole only where all is done', () => {
  assert.equal(bar(PLAIN, 'active', 0, 4), '────');
  assert.equal(bar(PLAIN, 'active', 0.13, 4), '╸───');
  assert.equal(bar(PLAIN, 'active', 0.999, 4), '━━━╸');
  assert.equal(bar(PLAIN, 'active', 1, 4), '━━━━');
  assert.equal(bar(ASCII, 'active', 0.5, 10), '[===>    ]');
  assert.equal(bar(ASCII, 'active', 1, 10), '[========]');
  for (let frame = 0; frame < 40; frame++) assert.equal(widthOf(bar(VALUES, 'active', null, 12, frame)), 12);
  assert.match(bar(VALUES, 'bad', 1, 2), /^\x1b\[38;2;213;57;58m━━\x1b\[39m$/);
  assert.match(bar({ colours: 'names', unicode: true }, 'good', 1, 2), /^\x1b\[32m━━\x1b\[39m$/);
});

test('colours are what the terminal and its reader want', () => {
  const cases: [Record<string, string>, boolean, Look['colours']][] = [
    [{ TERM: 'xterm-256color' }, true, 'names'],
    [{ TERM: 'xterm', COLORTERM: 'truecolor' }, true, 'values'],
    [{ TERM: 'xterm', COLORTERM: 'truecolor', NO_COLOR: '1' }, true, 'none'],
    [{ TERM: 'dumb' }, true, 'none'],
    [{ TERM: 'xterm' }, false, 'none'],
    [{ TERM: 'xterm', FORCE_COLOR: '1' }, false, 'names'],
    [{ TERM: 'xterm', FORCE_COLOR: '1', NO_COLOR: '1' }, false, 'none'],
  ];
  for (const [environment, isTerminal, colours] of cases) {
    assert.equal(lookOf(environment, isTerminal).colours, colours, JSON.stringify(environment));
  }
  assert.equal(lookOf({ LANG: 'C' }, true).unicode, false);
  assert.equal(lookOf({ LANG: 'C', LC_ALL: 'C.UTF-8' }, true).unicode, true);
});

test('figures as people read them', () => {
  assert.deepEqual([0, 46, 725, 10_800, 187_200].map(clock), ['0:00', '0:46', '12:05', '3:00:00', '2d 4h']);
  assert.deepEqual([1234.5, 12, 1.44, 0.5, 0.001].map(rate), ['1,235/s', '12/s', '1.4/s', '30/min', '4/h']);
  const at = new Date(NOW - 3 * 3_600_000).toISOString();
  assert.deepEqual([ago(at, NOW), ago(at, Date.parse(at) + 59_999)], ['3h', '59s']);
  assert.deepEqual([fitted('abcdef', 4), fitted('価格表', 5), fitted('ab', 2)], ['abc…', '価格…', 'ab']);
});

test('the exit code is that of the worst', () => {
  assert.equal(exitOf(['completed', 'completed_with_warnings']), 0);
  assert.equal(exitOf(['completed', 'cancelled']), 3);
  assert.equal(exitOf(['cancelled', 'partial_success']), 4);
  assert.equal(exitOf(['cancelled', 'partial_success', 'failed']), 1);
});

test('a table is in line, and what may gives way where it is narrow', () => {
  const columns = [{ title: 'ID' }, { title: 'N', at: 'right' }, { title: 'NAME', gives: true }] as const;
  const rows = [
    ['a', '1', 'short'],
    ['bbb', '100', 'a name that is rather long'],
  ];
  assert.deepEqual(table(columns, rows, { look: PLAIN, width: 24 }), [
    'ID     N  NAME',
    'a      1  short',
    'bbb  100  a name that i…',
  ]);
});
