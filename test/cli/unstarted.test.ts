/** `headway run` of what can't be started: as a shell ends, with what is to be done. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { Child } from '../../src/cli/run/child.ts';
import { headway, newest, place, newType as type } from './tool.ts';

test('there is no such program: 127, and no right to start it: 126', async () => {
  const none = await headway(['run', '--type', type(), 'no-such-program-here']);
  assert.deepEqual([none.code, none.stderr], [127, 'headway: no-such-program-here: command not found\n']);
  await writeFile(place.path('plain'), 'text', { mode: 0o644 });
  const own = type();
  const plain = await headway(['run', '--type', own, './plain']);
  assert.equal(plain.code, 126);
  assert.match(plain.stderr, /^headway: \.\/plain: can’t be started: EACCES: .*chmod \+x\n$/);
  assert.equal((await newest(own)).status, 'failed');
});

test('whatever hinders a start: 126 or 127, a line that says what is to be done, and a job that has failed', async () => {
  await writeFile(place.path('lost'), '#!/no/such/interpreter\n', { mode: 0o755 });
  const cases: [command: string, code: number, said: string][] = [
    ['', 127, '"": no command has an empty name: is a variable not set?'],
    ['./lost/x', 126, './lost/x: can’t be started: ENOTDIR: something in its path is no folder'],
    [
      './lost',
      126,
      './lost: can’t be started: ENOENT: what its first line names to run it by (#!), or its loader, is not there',
    ],
    [
      `./${'x'.repeat(300)}`,
      126,
      `./${'x'.repeat(300)}: can’t be started: ENAMETOOLONG: its name is too long for a file`,
    ],
    ['/', 126, '/: can’t be started: EACCES: a program is a file that may be executed: chmod +x'],
  ];
  for (const [command, expected, said] of cases) {
    const own = type();
    const { code, stdout, stderr } = await headway(['run', '--type', own, '--', command]);
    assert.deepEqual([code, stdout, stderr], [expected, '', `headway: ${said}\n`]);
    const { status, error_message } = await newest(own);
    assert.deepEqual([status, error_message], ['failed', said]);
  }
  const long: [string, string] = ['true', 'x'.repeat(200_000)];
  const ended = await new Child({ command: long, environment: process.env, see: assert.fail }).ended;
  assert.deepEqual([ended.code, ended.started], [126, false]);
  assert.match(`${ended.of}`, /^true: can’t be started: E2BIG: its arguments .* are too long: .* file/);
});
