/**
 * Writes openapi.json from the schemas and from what a day of the service has recorded, and the client's types from it; with
 * `--check` it only says whether the committed ones are up to date.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { build } from 'esbuild';
import { readSamples } from './examples/samples.ts';

const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'));
const examples = JSON.parse(await readFile(new URL('examples/recorded.json', import.meta.url), 'utf8'));

const bundle = await build({
  stdin: {
    contents: "export * from './document'; export * from './client-types';",
    resolveDir: new URL('./openapi/', import.meta.url).pathname,
    loader: 'ts',
  },
  bundle: true,
  format: 'esm',
  platform: 'node',
  write: false,
});
const source = bundle.outputFiles[0]?.text ?? '';
const { buildDocument, clientTypes } = await import(
  `data:text/javascript;base64,${Buffer.from(source).toString('base64')}`
);
const document = buildDocument(version, { examples, samples: await readSamples() });
const files = {
  'openapi.json': `${JSON.stringify(document, null, 2)}\n`,
  'src/client/schemas.ts': clientTypes(document),
};

for (const [name, text] of Object.entries(files)) {
  const file = new URL(`../${name}`, import.meta.url);
  if (!process.argv.includes('--check')) {
    await writeFile(file, text);
  } else if ((await readFile(file, 'utf8').catch(() => '')) !== text) {
    console.error(`${name} is not what the schemas say; run \`npm run openapi\`.`);
    process.exitCode = 1;
  }
}
