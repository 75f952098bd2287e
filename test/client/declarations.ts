/** The public declarations of the client in one text; started by itself, it writes them beside this file. */
import { writeFile } from 'node:fs/promises';
import { packageFiles } from '../../dev/build/client-package.ts';

/** From where there is something to see: the entries, what they export, and what that is made of. */
const STEPS = 2;
/** Made from openapi.json, and committed as src/client/schemas.ts. */
const ELSEWHERE = 'schemas.d.ts';

/** The declarations of all modules that a caller meets. */
export function declarationsIn(files: Record<string, string>): string {
  let names = new Set(['index.d.ts', 'page.d.ts']);
  for (let step = 0; step < STEPS; step++) {
    names = new Set([...names].flatMap((name) => [name, ...namedIn(files[name] ?? '')]));
  }
  const shown = [...names].filter((name) => name !== ELSEWHERE).sort();
  return shown.map((name) => `// ${name}\n${files[name]}`).join('\n');
}

function namedIn(declarations: string): string[] {
  return [...declarations.matchAll(/from '\.\/([\w-]+)\.js'/g)].map(([, name]) => `${name}.d.ts`);
}

if (import.meta.main) {
  await writeFile(new URL('declarations.txt', import.meta.url), declarationsIn(await packageFiles()));
}
