/** Where the tools of this folder find the project, and where they keep what they make. */
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout: sources, configuration and installed packages. */
export const PROJECT = resolve(fileURLToPath(new URL('..', import.meta.url)));

/** The folder of `.dev.vars`, `.headway/` and `dist/`: the checkout, unless `HEADWAY_HOME` names another. */
export const HOME = resolve(process.env.HEADWAY_HOME ?? PROJECT);

export const DEV_VARS = join(HOME, '.dev.vars');

export const STATE = join(HOME, '.headway');

export const DATA = join(STATE, 'data');

export const BUNDLE = join(HOME, 'dist');
