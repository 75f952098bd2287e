/** SECURITY.md names a test for each threat, and each is there. */
import assert from 'node:assert/strict';
import { access, readFile } from 'node:fs/promises';
import { test } from 'node:test';

const ROOT = new URL('../../', import.meta.url);

test('each threat has a control and a test that exists', async () => {
  const page = await readFile(new URL('SECURITY.md', ROOT), 'utf8');
  const { scripts } = JSON.parse(await readFile(new URL('package.json', ROOT), 'utf8'));
  const rows = page.match(/^\| .* \|$/gm)?.slice(2) ?? [];
  assert.ok(rows.length > 15);
  for (const row of rows) {
    const [threat = '', control = '', held = ''] = row.split('|').slice(1);
    assert.ok(threat.trim() && control.trim(), row);
    const named = [...held.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
    assert.ok(named.length > 0, threat);
    for (const name of named) {
      const script = /^npm run ([\w:]+)/.exec(name)?.[1];
      if (script !== undefined) assert.ok(script in scripts, name);
      else await access(new URL(/^(?:bench\/|\.|openapi)/.test(name) ? name : `test/${name}`, ROOT));
    }
  }
});
