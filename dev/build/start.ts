/** `dist/start.js`: the service hosted from what `npm run build` made, with Node and the package `workerd` alone. */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand } from '../command-line.ts';
import { serve } from '../serve/serve.ts';

await runCommand(() => serve(dirname(fileURLToPath(import.meta.url)), 'data'));
