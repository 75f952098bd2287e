/** A fault whose line has changed is injected nowhere, and says nothing. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { PATCHES } from '../../bench/sabotage/patches.ts';

const read = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), 'utf8');

test('each fault of sabotage has one line to change, and a suite that is there', async () => {
  for (const { name, file, find, suite } of PATCHES) {
    assert.equal((await read(file)).split(find).length - 1, 1, `${name}: ${JSON.stringify(find)} in ${file}`);
    if (suite !== 'simulation') assert.ok(await read(suite), name);
  }
});
