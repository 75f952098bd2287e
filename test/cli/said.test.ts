/** What a program says of its progress, whichever way, and what of it is told. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Complaint } from '../../src/cli/complaint.ts';
import { startedBy } from '../../src/cli/run/group.ts';
import type { ChildNews } from '../../src/cli/said/child-news.ts';
import { ChildProgress } from '../../src/cli/said/child-progress.ts';
import { LinePattern } from '../../src/cli/said/line-pattern.ts';
import { masking } from '../../src/cli/said/masking.ts';
import { lastOf, Tail } from '../../src/cli/said/tail.ts';

const items = (processed: number, total: number | null = null) => ({ count: { processed, total } });
const percent = (value: number) => ({ count: { hundredths: value * 100 } });

const SAID: [what: string, pieces: string[], told: ChildNews | null][] = [
  ['a progress line', ['::progress 50/200 uploading\n'], { ...items(50, 200), message: 'uploading' }],
  [
    'one in pieces',
    ['::pro', 'gress 50/2', '00 up', 'loading\n'],
    { ...items(50, 200), message: 'uploading' },
  ],
  ['per cents', ['::progress 45% nearly\n'], { ...percent(45), message: 'nearly' }],
  ['items alone', ['::progress 50\n'], items(50)],
  ['items and words', ['::progress 50 rows are in\n'], { ...items(50), message: 'rows are in' }],
  ['an indented one', ['  ::progress 1/2\r\n'], items(1, 2)],
  ['the last of several', ['::progress 1/9\n::progress 2/9\nbye\n'], { ...items(2, 9), message: 'bye' }],
  ['a stage', ['::stage indexing\n'], { stage: 'indexing' }],
  ['a stage that is none', ['::stage\n'], null],
  ['one without an end', ['::progress 3/4'], items(3, 4)],
  ['words with colons', ['a::progress 3/4 b\n'], { message: 'a::progress 3/4 b' }],
  ['a line alone', ['25%\n'], percent(25)],
  ['a fraction', ['50/200\n'], items(50, 200)],
  ['a sentence', ['Loaded 3 files left\n'], { message: 'Loaded 3 files left' }],
  [
    'a bar of tqdm',
    ['\rPrices:  45%|####5     | 45/100 [00:04<00:05, 10.0it/s]'],
    { ...items(45, 100), message: 'Prices' },
  ],
  ['a bar drawn again', ['\r10% [=>   ]', '\r20% [==>  ]', '\r30% [===> ]'], percent(30)],
  ['curl -#', ['\r######                     12.5%\r#############     60.0%'], percent(60)],
  ['rsync', ['    1,238,099  45%  146.38kB/s    0:00:08 (xfr#5, to-chk=169/396)\r'], percent(45)],
  ['cargo-like', ['\x1b]9;4;1;45\x1b\\   Compiling serde\n'], { ...percent(45), message: 'Compiling serde' }],
  ['one in pieces', ['x\n\x1b]9;4', ';1;7\x07\n'], { ...percent(7), message: 'x' }],
  ['a bar taken away', ['\x1b]9;4;1;99\x07\x1b]9;4;0\x07'], percent(99)],
  ['the surer wins', ['::progress 1/4\n3/9\n\x1b]9;4;1;80\x07'], items(1, 4)],
  ['the terminal’s wins over a guess', ['\x1b]9;4;1;80\x07\n3/9\n'], percent(80)],
  ['nothing', ['\n\n'], null],
];

for (const [what, pieces, told] of SAID) {
  for (const output of ['stdout', 'stderr'] as const) {
    test(`${output}: ${what}`, () => {
      const progress = new ChildProgress({ pattern: null, guess: true });
      for (const piece of pieces) progress.take(output, piece);
      progress.end(output);
      assert.deepEqual(progress.news(), told);
      assert.equal(progress.news(), null);
    });
  }
}

test('the output that spoke last wins, what is meant wins always, and is no line of the text', () => {
  const progress = new ChildProgress({ pattern: null, guess: true });
  assert.equal(progress.take('stdout', 'a\n1/10\n'), 'a\n1/10\n');
  progress.take('stderr', '2/10\n');
  assert.deepEqual(progress.news(), { ...items(2, 10), message: 'a' });
  progress.take('stdout', '3/10\n');
  assert.deepEqual(progress.news(), items(3, 10));
  assert.equal(progress.take('stderr', 'x\n::progress 4/10 four\ny\n::pro'), 'x\ny\n');
  progress.take('stdout', '9/10 nine\n');
  assert.deepEqual(progress.news(), { ...items(4, 10), message: 'four' });
  assert.equal(progress.take('stderr', 'mise\n'), '::promise\n');
  assert.equal(progress.news(), null);
});

test('without guesses only what is meant counts', () => {
  const progress = new ChildProgress({ pattern: null, guess: false });
  progress.take('stdout', '3/9 three\n');
  assert.deepEqual(progress.news(), { message: 'three' });
  progress.take('stdout', '\x1b]9;4;1;80\x07\n');
  assert.deepEqual(progress.news(), percent(80));
});

const PATTERNS: [pattern: string, line: string, told: ChildNews | null][] = [
  ['step {processed} of {total}', 'now step 5 of 20 begins', items(5, 20)],
  ['step {processed} of {total}', 'step   5  of 20', items(5, 20)],
  ['step {processed} of {total}', 'step one of step 5 of 20', items(5, 20)],
  [
    'step {processed} of {total}: {message}',
    'step 1,200 of 5,000: prices',
    { ...items(1200, 5000), message: 'prices' },
  ],
  [
    '{processed}/{total} {stage}: {message}',
    '1.5/3 no, 2/3 load: a: b',
    { ...items(2, 3), stage: 'load', message: 'a: b' },
  ],
  ['{percent}%', 'at 45.67% of it', { count: { hundredths: 4567 } }],
  ['{percent}%', 'at 450% of it', null],
  ['{stage}: {processed}', 'index: 12 rows', { ...items(12), stage: 'index' }],
  ['[{}] {processed} done', '[12:30:01] 7 done', items(7)],
  ['{{{processed}}}', 'x{7}', items(7)],
  ['({processed})', '( 7)', null],
  ['({processed})', '(a) (b) (8)', items(8)],
  ['done {processed}', 'nothing', null],
];

for (const [pattern, line, told] of PATTERNS) {
  test(`--parse ${JSON.stringify(pattern)} reads ${JSON.stringify(line)}`, () => {
    assert.deepEqual(new LinePattern(pattern).read(line), told);
  });
}

for (const pattern of [
  '',
  'x',
  '{}',
  '{a}',
  '{',
  '}x',
  '{processed}{total}',
  '{processed}5',
  '{stage}{message} x',
  '{}{processed}{processed}',
  '{total} rows',
]) {
  test(`--parse ${JSON.stringify(pattern)} is refused`, () => {
    assert.throws(() => new LinePattern(pattern), Complaint);
  });
}

test('a pattern reads only its own lines, in both outputs', () => {
  const progress = new ChildProgress({ pattern: new LinePattern('row {processed} of {total}'), guess: true });
  progress.take('stderr', '3/9\nrow 4 o');
  progress.take('stderr', 'f 8\n99%\n');
  assert.deepEqual(progress.news(), { ...items(4, 8), message: 'row' });
});

test('a line costs as much as it is long, whatever the pattern', () => {
  const took = (length: number) => {
    const lines = ['1', ' ', 'a', '1 ', 'a ', 'aa1,'].map((text) => text.repeat(length).slice(0, length));
    const patterns = [
      '{processed} x',
      'a {processed} x',
      '{} {processed} x',
      'aa{processed} {total} {}x{stage}y',
    ];
    const began = performance.now();
    for (const line of lines) for (const text of patterns) new LinePattern(text).read(line);
    return performance.now() - began;
  };
  took(8_000);
  assert.ok(took(8_000) < 200);
});

test('the tail is the last lines of both outputs as a terminal shows them', () => {
  const tail = new Tail();
  tail.take('stdout', 'one\nt');
  tail.take('stderr', '\r10%\r20%\r\x1b[31mred\x1b[0m\n');
  tail.take('stdout', 'wo\nthree');
  assert.deepEqual(tail.lines, ['one', 'red', 'two', 'three']);
});

test('a long tail is cut at a line, and keeps its end', () => {
  const tail = new Tail();
  for (let n = 0; n < 100_000; n++) tail.take('stdout', `line ${n}\n`);
  const { lines } = tail;
  assert.ok(lines.length < 100_000 && lines.every((line) => /^line \d+$/.test(line)));
  assert.equal(lines.at(-1), 'line 99999');
  const last = lastOf(lines, 100);
  assert.ok(last.length <= 100 && last.startsWith('line ') && last.endsWith('\nline 99999'));
  const wide = new Tail();
  wide.take('stderr', 'x'.repeat(1_000_000));
  assert.ok((wide.lines[0]?.length ?? 0) > 10_000);
  assert.equal(lastOf(['x'.repeat(500)], 100).length, 100);
});

test('values of secrets are masked, as they are and as they are written elsewhere', () => {
  const mask = masking({
    API_TOKEN: 'abc/def+123',
    dbPassword: 'hunter22',
    DATABASE_URL: 'postgres://app:p%40ssw0rd@db/x',
    HEADWAY_REPORT_URL: 'https://h.example/r/hwt_0123456789abcdef',
    SIGNING_KEY: '-----BEGIN KEY-----\nMIIEvgIBADANBg\nkqhkiG9w0BAQEF\n-----END KEY-----',
    PWD: '/srv/import',
    SECRET_FILE: '/run/secret',
    SHORT_TOKEN: 'abc',
    LANG: 'de_DE.UTF-8',
  });
  const masked: [string, string][] = [
    ['Bearer abc/def+123!', 'Bearer ***!'],
    ['?t=abc%2Fdef%2B123', '?t=***'],
    ['-u hunter22', '-u ***'],
    ['p@ssw0rd and p%40ssw0rd', '*** and ***'],
    ['postgres://app:p%40ssw0rd@db/x', 'postgres://app:***@db/x'],
    ['/r/hwt_0123456789abcdef', '/r/***'],
    ['x MIIEvgIBADANBg y', 'x *** y'],
    [Buffer.from('hunter22').toString('base64'), '***'],
    ['/srv/import /run/secret abc de_DE.UTF-8', '/srv/import /run/secret abc de_DE.UTF-8'],
  ];
  for (const [text, shown] of masked) assert.equal(mask(text), shown);
});

test('a secret is masked however a program writes it', () => {
  const secret = "it's a/key+of~é!";
  const mask = masking({
    MY_KEY: secret,
    LONG_TOKEN: 'hw_acme_0123456789abcdef_0123456789abcdef0123456789abcdef0123456789',
  });
  const basic = (of: string) => Buffer.from(of).toString('base64');
  const written: [what: string, text: string][] = [
    ['encodeURIComponent', encodeURIComponent(secret)],
    ['a form', new URLSearchParams([['', secret]]).toString().slice(1)],
    ['quote of Python', 'it%27s%20a/key%2Bof~%C3%A9%21'],
    ['quote_plus, in lower case', 'it%27s+a%2fkey%2bof~%c3%a9%21'],
    ['json_encode of PHP', String.raw`it's a\/key+of~\u00e9!`],
    ['set -x of bash', String.raw`it'\''s a/key+of~é!`],
    ['set -x of dash', `it'"'"'s a/key+of~é!`],
    ['base64url', basic(secret).replaceAll('+', '-').replaceAll('/', '_')],
  ];
  for (const [what, text] of written) assert.equal(mask(`<${text}>`), '<***>', what);
  for (const before of ['', 'u', 'us', 'use', 'user:']) {
    for (const behind of ['', '\n', '\nmore']) {
      const masked = mask(basic(before + secret + behind));
      assert.ok(masked.includes('***'), masked);
      assert.ok(masked.length < 20, masked);
    }
  }
  const long = basic('hw_acme_0123456789abcdef_0123456789abcdef0123456789abcdef0123456789\n');
  for (const width of [64, 76]) {
    const lines = long.match(new RegExp(`.{1,${width}}`, 'g')) ?? [];
    assert.ok(lines.length > 1);
    assert.match(mask(lines.join('\n')), /^[^\n]{3}\n.{0,7}$/);
  }
});

test('of a secret that a text begins or ends in most is masked, and no text that looks a little like it', () => {
  const mask = masking({ MY_TOKEN: 'hunter2secret', MY_KEY: '0123456789abcdef' });
  const masked: [string, string][] = [
    ['at hunter2secre', 'at ***'],
    ['at hunter2', 'at ***'],
    ['unter2secret is it', '*** is it'],
    ['2secret', '***'],
    ['9abcdef 0123456', '9abcdef 0123456'],
    ['89abcdef 01234567', '*** ***'],
    ['a hunter', 'a hunter'],
    ['hunter2 at home', 'hunter2 at home'],
    ['', ''],
  ];
  for (const [text, shown] of masked) assert.equal(mask(text), shown);
});

test('what a command has started in a shared group is told from what others have', () => {
  const of = (pid: number, parent: number, group: number, session = 10, began = 9) => {
    return { pid, parent, group, session, began };
  };
  const listed = [
    of(1, 0, 1, 1),
    of(10, 1, 10),
    of(20, 10, 20),
    // npm, its shell, us; beside npm the rest of the pipe.
    ...[of(21, 20, 20), of(30, 21, 20), of(22, 10, 20)],
    // The command, its child, an orphan of it, and a child in a group of its own.
    ...[of(40, 30, 20), of(41, 40, 20), of(42, 1, 20), of(43, 40, 43)],
    of(50, 1, 50, 50),
    // What a script had left behind before it came to us, and what that has started since.
    ...[of(60, 1, 20, 10, 3), of(61, 60, 20)],
  ];
  assert.deepEqual(startedBy({ pid: 40, began: 7 }, 30, listed), [40, 41, 42]);
  const orphaned = listed.filter(({ pid }) => pid !== 40);
  assert.deepEqual(startedBy({ pid: 40, began: 7 }, 30, orphaned), [41, 42]);
});
