/** Writes openapi.json from the schemas; with `--check` it only says whether the committed one is up to date. */
import { readFile, writeFile } from 'node:fs/promises';
import { build } from 'esbuild';

const FILE = new URL('../openapi.json', import.meta.url);
const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'));

const bundle = await build({
  entryPoints: [new URL('./openapi/document.ts', import.meta.url).pathname],
  bundle: true,
  format: 'esm',
  platform: 'node',
  write: false,
});
const source = bundle.outputFiles[0]?.text ?? '';
const { buildDocument } = await import(
  `data:text/javascript;base64,${Buffer.from(source).toString('base64')}`
);
const text = `${JSON.stringify(buildDocument(version), null, 2)}\n`;

if (process.argv.includes('--check')) {
  if ((await readFile(FILE, 'utf8')) !== text) {
    console.error('openapi.json is not what the schemas say; run `npm run openapi`.');
    process.exit(1);
  }
} else {
  await writeFile(FILE, text);
}
