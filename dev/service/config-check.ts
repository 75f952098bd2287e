/** The service's own rules for its variables, applied before it starts: what it would refuse each request with is told once. */
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Complaint } from '../command-line.ts';

/** The module of a bundle that knows the rules. */
export const CONFIG_MODULE = 'config.js';

/** Refuses variables that the service of `bundleDir` would not work with, and says where they are read from. */
export async function refuseBadConfig(
  bundleDir: string,
  bindings: Record<string, string>,
  source = 'the environment',
): Promise<void> {
  const file = join(bundleDir, CONFIG_MODULE);
  await access(file).catch((error) => {
    throw new Complaint(`There is no bundle in ${bundleDir}; build it first.`, { cause: error });
  });
  const { configOf } = (await import(pathToFileURL(file).href)) as { configOf(env: object): unknown };
  try {
    configOf(bindings);
  } catch (error) {
    throw new Complaint(`${(error as Error).message}; it is read from ${source}.`, { cause: error });
  }
}
