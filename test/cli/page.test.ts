/** docs/cli.md is made from the table of commands, and its samples run. Help, parser and completion know the same. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { pageOf } from '../../dev/cli-page/page-of.ts';
import { COMMANDS, GROUPS, SHARED } from '../../src/cli/commands.ts';
import { parserOf } from '../../src/cli/parser.ts';
import { environment, headway, place } from './tool.ts';

const page = await readFile(new URL('../../docs/cli.md', import.meta.url), 'utf8');

test('docs/cli.md is what the table says: `npm run cli:page` writes it', () => {
  assert.equal(page, pageOf(COMMANDS, SHARED));
});

test('the samples of docs/cli.md run, one after the other', async () => {
  const samples = [...page.matchAll(/```sh\n([\s\S]+?)```/g)].map(([, text = '']) => text);
  assert.ok(samples.length >= 4);
  const env = environment();
  const script = `PATH="$HOME/.local/bin:$PATH"\n${samples.join('\n')}`;
  const { stdout, stderr } = await promisify(execFile)('bash', ['--norc', '-euo', 'pipefail', '-c', script], {
    cwd: place.folder,
    env,
  });
  assert.equal(stderr, '');
  assert.match(stdout, /^Signed in to /);
  assert.match(stdout, /::progress 3\/3 row 3\n/);
  assert.match(stdout, /Prices of spring/);
  assert.match(stdout, /cancelled: only a try\nexit code 3\n/);
  assert.match(stdout, /\n\d+\n$/);
  assert.equal((await headway(['logout'])).code, 0);
});

test('help names every command with what it does, and each command its options', async () => {
  const { code, stdout } = await headway(['--help']);
  assert.equal(code, 0);
  for (const { name } of COMMANDS) assert.match(stdout, new RegExp(`^  ${name.split(' ')[0]}\\b`, 'm'));
  const parser = parserOf(COMMANDS, GROUPS, SHARED, '', () => undefined);
  for (const { name, options } of COMMANDS) {
    const found = name
      .split(' ')
      .reduce<typeof parser | undefined>(
        (at, word) => at?.commands.find((one) => one.name() === word),
        parser,
      );
    const help = found?.helpInformation() ?? '';
    for (const { flags } of options) assert.ok(help.includes(flags), `${name} ${flags}`);
  }
});

test('a completion for each shell, which knows commands and options', async () => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { code, stdout } = await headway(['completion', shell]);
    assert.equal(code, 0);
    assert.ok(stdout.includes('headway') && stdout.length > 200, shell);
  }
});
