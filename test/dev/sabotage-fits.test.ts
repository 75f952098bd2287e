/** A fault whose line has changed is injected nowhere, and says nothing. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { PATCHES } from '../../bench/sabotage/patches.ts';
import { Scratch } from '../../bench/sabotage/scratch.ts';

const read = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), 'utf8');

test('each fault of sabotage has one line to change, and a suite that is there', async () => {
  for (const { name, file, find, suite } of PATCHES) {
    assert.equal((await read(file)).split(find).length - 1, 1, `${name}: ${JSON.stringify(find)} in ${file}`);
    if (suite !== 'simulation') assert.ok(await read(suite), name);
  }
});

test('a copy to break has every file of the checkout: its suites run as they do here', async () => {
  const scratch = await Scratch.make();
  try {
    const cwd = new URL('../..', import.meta.url);
    const names = execFileSync('git', ['ls-files', '-z'], { cwd, encoding: 'utf8' })
      .split('\0')
      .filter(Boolean);
    assert.ok(names.length > 500);
    for (const name of names) await access(join(scratch.folder, name));
  } finally {
    await scratch.remove();
  }
});
