/** Where a run's results are kept. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { PROJECT } from '../dev/home.ts';
import { reportOf } from './report.ts';
import type { Results } from './results.ts';

const FOLDER = join(PROJECT, 'bench', 'results');

/**
 * Writes a whole run to `<date>.json`, `<date>.md` and `latest.md`, any other to `quick.json` and `quick.md`. Answers
 * the page's path within the project.
 */
export async function writeResults(results: Results): Promise<string> {
  await mkdir(FOLDER, { recursive: true });
  const name = results.plan.quick ? 'quick' : results.began.slice(0, 10);
  const page = reportOf(results);
  const file = join(FOLDER, `${name}.md`);
  await writeFile(file, page);
  await writeFile(join(FOLDER, `${name}.json`), `${JSON.stringify(results, null, 1)}\n`);
  if (!results.plan.quick) await writeFile(join(FOLDER, 'latest.md'), page);
  return relative(PROJECT, file);
}
