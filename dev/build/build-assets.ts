/** The files that are served as they are, in one folder: from there both runtimes take them. */
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { PROJECT } from '../home.ts';

/** The folder that wrangler takes them from; wrangler.toml names it too. */
export const ASSETS = join(PROJECT, 'dist', 'assets');

/** What each file holds. */
const FILES: Record<string, () => Promise<string>> = {
  'headway.py': () => source('python', 'headway.py'),
  'openapi.json': async () => JSON.stringify(JSON.parse(await source('openapi.json'))),
};

/** Builds all of them into `folder` and answers their names. Others may at the same time: a file that is there is whole. */
export async function buildAssets(folder: string): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const names = Object.keys(FILES);
  for (const name of await readdir(folder)) if (!names.includes(name)) await rm(join(folder, name));
  await Promise.all(Object.entries(FILES).map(async ([name, make]) => put(join(folder, name), await make())));
  return names;
}

async function put(file: string, text: string): Promise<void> {
  const there = await readFile(file, 'utf8').catch(() => null);
  if (there === text) return;
  const fresh = join(dirname(file), '..', `.${basename(file)}.${process.pid}`);
  await writeFile(fresh, text);
  await rename(fresh, file);
}

function source(...names: string[]): Promise<string> {
  return readFile(join(PROJECT, ...names), 'utf8');
}
