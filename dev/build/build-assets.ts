/** The files that are served as they are, in one folder: from there both runtimes take them. */
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { build } from 'esbuild';
import { PROJECT } from '../home.ts';
import { buildDashboard, palette } from './build-dashboard.ts';
import { buildDocs } from './build-docs.ts';
import { buildReference } from './build-reference.ts';
import { clientPackage } from './client-package.ts';
import { commandLine } from './command-line.ts';

/** The folder that wrangler takes them from; wrangler.toml names it too. */
export const ASSETS = join(PROJECT, 'dist', 'assets');

/** What each file holds. */
const FILES: Record<string, () => Promise<string | Uint8Array>> = {
  'headway.py': () => source('python', 'headway.py'),
  'headway.js': () => browserModule('page'),
  'headway-job.js': () => browserModule('job-element'),
  'headway.mjs': commandLine,
  'headway.tgz': clientPackage,
  'openapi.json': async () => JSON.stringify(JSON.parse(await source('openapi.json'))),
};

/** Builds all of them into `folders` and answers their names. Others may at the same time: a file that is there is whole. */
export async function buildAssets(...folders: string[]): Promise<string[]> {
  const files = Object.assign(
    {},
    ...(await Promise.all([made(FILES), buildDashboard(), buildDocs(palette()), buildReference()])),
  ) as Record<string, string | Uint8Array>;
  const names = Object.keys(files);
  for (const folder of folders) {
    await mkdir(folder, { recursive: true });
    for (const name of await readdir(folder)) if (!names.includes(name)) await rm(join(folder, name));
    await Promise.all(
      Object.entries(files).map(([name, content]) => put(join(folder, name), Buffer.from(content))),
    );
  }
  return names;
}

async function made(files: typeof FILES): Promise<Record<string, string | Uint8Array>> {
  return Object.fromEntries(
    await Promise.all(Object.entries(files).map(async ([name, make]) => [name, await make()])),
  );
}

async function put(file: string, bytes: Buffer): Promise<void> {
  const there = await readFile(file).catch(() => null);
  if (there?.equals(bytes)) return;
  const fresh = join(dirname(file), '..', `.${basename(file)}.${process.pid}`);
  await writeFile(fresh, bytes);
  await rename(fresh, file);
}

/** What of the client a page loads, in one module. */
async function browserModule(name: string): Promise<Uint8Array> {
  const { outputFiles } = await build({
    entryPoints: [join(PROJECT, 'src', 'client', `${name}.ts`)],
    ...{ bundle: true, minify: true, format: 'esm', platform: 'browser', target: 'es2022' },
    ...{ write: false, logLevel: 'warning' },
  });
  return outputFiles[0]?.contents ?? new Uint8Array();
}

function source(...names: string[]): Promise<string> {
  return readFile(join(PROJECT, ...names), 'utf8');
}
