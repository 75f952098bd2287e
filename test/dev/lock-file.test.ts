/** What is installed is what was looked at: each package has its digest in the lock file. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

test('every package of the lock file has the digest of its archive', async () => {
  const lock = JSON.parse(await readFile(new URL('../../package-lock.json', import.meta.url), 'utf8'));
  const packages = Object.entries<{ integrity?: string }>(lock.packages).filter(([path]) => path !== '');
  assert.ok(packages.length > 100);
  const bare = packages.filter(([, { integrity = '' }]) => !/^sha512-[\w+/]{86}==$/.test(integrity));
  assert.deepEqual(
    bare.map(([path]) => path),
    [],
  );
});
