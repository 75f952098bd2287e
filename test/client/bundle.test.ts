/** What a page or a worker loads: one module of nothing but what every runtime has. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { live } from './service.ts';

const CLIENT = new URL('../../src/client/index.ts', import.meta.url);

test('the client is one module that imports nothing', async () => {
  const { outputFiles, metafile } = await build({
    entryPoints: [CLIENT.pathname],
    ...{ bundle: true, minify: true, format: 'esm', platform: 'neutral', target: 'es2022' },
    ...{ write: false, metafile: true },
  });
  assert.equal(outputFiles.length, 1);
  const [output] = Object.values(metafile.outputs);
  assert.deepEqual(output?.imports, []);
  assert.ok(Object.keys(metafile.inputs).every((name) => /src\/client\//.test(name)));
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
      assert.match(sample, /'\.\.\/src\/client\/index\.ts'/);
      writeFileSync(file, sample.replace("'../src/client/index.ts'", `'${CLIENT.href}'`));
      await import(pathToFileURL(file).href);
    });
  }
});
