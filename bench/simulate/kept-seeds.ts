/** Seeds that have failed once: they are run for ever. */
import { readFile, writeFile } from 'node:fs/promises';

const FILE = new URL('../../test/simulation/failing-seeds.json', import.meta.url);

export async function keptSeeds(): Promise<number[]> {
  return JSON.parse(await readFile(FILE, 'utf8')) as number[];
}

/** Keeps `seeds` beside those that are kept already. */
export async function keepSeeds(seeds: readonly number[]): Promise<void> {
  const kept = await keptSeeds();
  const all = [...new Set([...kept, ...seeds])].sort((a, b) => a - b);
  if (all.length > kept.length) await writeFile(FILE, `[${all.join(', ')}]\n`);
}
