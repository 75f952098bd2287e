/** The client as an npm package: modules as they are in `src/client`, their declarations, and what npm wants to know. */
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Complaint } from '../command-line.ts';
import { PROJECT } from '../home.ts';
import { tar } from './tar.ts';

/** The name it is installed under. No registry has it: it comes from the service that it talks to. */
export const PACKAGE = '@headway-progress/client';
/** What is imported by name: the whole, and what a page needs of it. */
const ENTRIES = { '.': 'index', './page': 'page' };
/** They are of use by being loaded. */
const ACTS = ['index', 'last-words'];

/** The package as `npm install` takes it from an address. */
export async function clientPackage(): Promise<Buffer> {
  const files = await packageFiles();
  return gzipSync(tar(Object.entries(files).map(([name, text]) => [`package/${name}`, text] as const)), {
    level: 9,
  });
}

/** Its files, by their names. */
export async function packageFiles(): Promise<Record<string, string>> {
  const [version, modules, readme, license] = await Promise.all([
    projectVersion(),
    compile(),
    readFile(join(PROJECT, 'docs', 'client.md'), 'utf8'),
    readFile(join(PROJECT, 'LICENSE'), 'utf8'),
  ]);
  return {
    'package.json': `${JSON.stringify(manifest(version), null, 2)}\n`,
    ...{ 'README.md': readme, LICENSE: license },
    ...modules,
  };
}

function manifest(version: string): object {
  const entries = Object.entries(ENTRIES).map(([path, name]) => [
    path,
    { types: `./${name}.d.ts`, default: `./${name}.js` },
  ]);
  return {
    ...{ name: PACKAGE, version, type: 'module', license: 'MIT' },
    description: 'Reports a job’s progress to Headway, each report once, and watches jobs.',
    engines: { node: '>=20' },
    exports: { ...Object.fromEntries(entries), './package.json': './package.json' },
    sideEffects: ACTS.map((name) => `./${name}.js`),
  };
}

async function projectVersion(): Promise<string> {
  return JSON.parse(await readFile(join(PROJECT, 'package.json'), 'utf8')).version;
}

/** The modules and their declarations, as the compiler writes them. */
async function compile(): Promise<Record<string, string>> {
  const folder = await mkdtemp(join(tmpdir(), 'headway-client-'));
  try {
    await runCompiler(folder);
    const names = (await readdir(folder)).sort();
    const texts = names.map(async (name) => [name, withNames(await readFile(join(folder, name), 'utf8'))]);
    return Object.fromEntries(await Promise.all(texts));
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Declarations too name modules as they are called here: the compiler leaves the names of their sources in them. */
function withNames(text: string): string {
  return text.replaceAll(/((?:from|import) '\.\/[\w-]+)\.ts';/g, "$1.js';");
}

async function runCompiler(folder: string): Promise<void> {
  const tsc = join(PROJECT, 'node_modules', 'typescript', 'bin', 'tsc');
  // `npm run check` looks at the types.
  const options = ['--noEmit', 'false', '--noCheck', '--declaration', '--outDir', folder];
  const child = spawn(process.execPath, [tsc, '-p', join(PROJECT, 'tsconfig.package.json'), ...options], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  });
  if (code !== 0) throw new Complaint(`The client could not be compiled.\n${output.trim()}`);
}
