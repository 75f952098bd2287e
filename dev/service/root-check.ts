/** Whether `ROOT_SECRET` is the one that a data folder was made with: a check value of each generation lies beside the data. */
import { createHmac } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseRoots } from '../../src/domain/access/root-secret.ts';
import { Complaint } from '../command-line.ts';

type Checks = Record<string, string>;

/**
 * Refuses secrets that are not those of the data: another one under a generation it knows, or none that it knows. A new
 * generation before an old one is a rotation. Answers the generations that are in the data and were not given.
 */
export async function refuseOtherRoots(dataDir: string, rootSecret: string): Promise<string[]> {
  const [known, given] = [await readChecks(dataDir), checksOf(rootSecret)];
  const generations = Object.keys(known);
  const wrong = generations.filter(
    (generation) => given[generation] && given[generation] !== known[generation],
  );
  const right = generations.filter((generation) => given[generation] === known[generation]);
  if (wrong.length > 0 || (generations.length > 0 && right.length === 0)) {
    throw new Complaint(
      `ROOT_SECRET is not the one that ${dataDir} was made with: no key, token or job id in it would be known. To rotate, keep the old one behind the new: 1:<new>,0:<old>. To give up what is there, remove ${checksFile(dataDir)}.`,
    );
  }
  return generations.filter((generation) => !given[generation]);
}

/** Notes which secrets the data is made with from here on, beside those of before. */
export async function keepRoots(dataDir: string, rootSecret: string): Promise<void> {
  const checks = { ...(await readChecks(dataDir)), ...checksOf(rootSecret) };
  const draft = `${checksFile(dataDir)}.new`;
  await writeFile(draft, `${JSON.stringify(checks, null, 2)}\n`, { mode: 0o600 });
  await rename(draft, checksFile(dataDir));
}

/** A check value tells no more of a secret than a job's id does, which carries a MAC of it. */
function checksOf(rootSecret: string): Checks {
  const { roots } = parseRoots(rootSecret);
  const check = (root: string) => createHmac('sha256', root).update('headway root check').digest('hex');
  return Object.fromEntries([...roots].map(([generation, root]) => [String(generation), check(root)]));
}

async function readChecks(dataDir: string): Promise<Checks> {
  try {
    return JSON.parse(await readFile(checksFile(dataDir), 'utf8')) as Checks;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new Complaint(`${checksFile(dataDir)} can't be read (${error}).`, { cause: error });
  }
}

function checksFile(dataDir: string): string {
  return join(dataDir, 'roots.json');
}
