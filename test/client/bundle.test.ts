/** What a page or a worker loads: one module, small, of nothing but what every runtime has. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { PACKAGE } from '../../dev/build/client-package.ts';
import { live } from './service.ts';

const MOST = 10 * 1_024;
const CLIENT = new URL('../../src/client/index.ts', import.meta.url);

/** A module in one file, as it is served. */
function bundled(entry: URL) {
  return build({
    entryPoints: [entry.pathname],
    ...{ bundle: true, minify: true, format: 'esm', platform: 'neutral', target: 'es2022' },
    ...{ write: false, metafile: true },
  });
}

for (const name of ['index', 'page']) {
  test(`${name}.ts is one module that imports nothing`, async () => {
    const { outputFiles, metafile } = await bundled(new URL(`${name}.ts`, CLIENT));
    assert.equal(outputFiles.length, 1);
    const [output] = Object.values(metafile.outputs);
    assert.deepEqual(output?.imports, []);
    assert.ok(Object.keys(metafile.inputs).every((input) => /src\/client\//.test(input)));
  });
}

test('what a page loads is 10 KiB at most, reporting, watching and all', async () => {
  const { outputFiles } = await bundled(new URL('page.ts', CLIENT));
  const size = gzipSync(outputFiles[0]?.contents ?? new Uint8Array(), { level: 9 }).byteLength;
  assert.ok(size > 1_000 && size <= MOST, `${size} bytes`);
});

describe('the samples of docs/client.md', () => {
  const page = readFileSync(new URL('../../docs/client.md', import.meta.url), 'utf8');
  const samples = [...page.matchAll(/```ts\n([\s\S]+?)```/g)].map(([, text = '']) => text);
  const folder = mkdtempSync(join(tmpdir(), 'headway-samples-'));
  before(async () => {
    Object.assign(process.env, { HEADWAY_URL: live.client.url, HEADWAY_API_KEY: live.client.apiKey });
    process.env.HEADWAY_JOB_ID = await live.client.createJob();
  });
  after(() => {
    for (const name of ['HEADWAY_URL', 'HEADWAY_API_KEY', 'HEADWAY_JOB_ID']) delete process.env[name];
    rmSync(folder, { recursive: true });
  });
  assert.ok(samples.length >= 5);
  for (const [index, sample] of samples.entries()) {
    test(`sample ${index + 1} runs`, async () => {
      const file = join(folder, `sample-${index}.mts`);
      assert.ok(sample.includes(`'${PACKAGE}'`));
      writeFileSync(file, sample.replace(`'${PACKAGE}'`, `'${CLIENT.href}'`));
      await import(pathToFileURL(file).href);
    });
  }
});
