/** Versions of installed npm packages. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from '../dev/home.ts';

/** `fastify 5.12.8, pg 8.23.1`; null where one of the packages is not installed. */
export function versionOf(...names: string[]): string | null {
  try {
    return names.map((name) => `${name} ${packageVersion(name)}`).join(', ');
  } catch {
    return null;
  }
}

function packageVersion(name: string): string {
  const text = readFileSync(join(PROJECT, 'node_modules', name, 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
