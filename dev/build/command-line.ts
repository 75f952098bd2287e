/** `headway.mjs`: the command line in one file, for Node from 20 on. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { PROJECT } from '../home.ts';

export async function commandLine(): Promise<Uint8Array> {
  const { version } = JSON.parse(await readFile(join(PROJECT, 'package.json'), 'utf8'));
  const { outputFiles } = await build({
    // The same file wherever it is built: names of bundled modules are relative to this.
    absWorkingDir: PROJECT,
    entryPoints: [join(PROJECT, 'src', 'cli', 'main.ts')],
    ...{
      bundle: true,
      minifySyntax: true,
      minifyWhitespace: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
    },
    define: { HEADWAY_VERSION: JSON.stringify(version) },
    banner: {
      // Of what is bundled some is CommonJS, which asks for Node’s own modules.
      js: "#!/usr/bin/env node\nimport { createRequire } from 'node:module';const require = createRequire(import.meta.url);",
    },
    ...{ write: false, logLevel: 'warning', legalComments: 'eof' },
  });
  return outputFiles[0]?.contents ?? new Uint8Array();
}
