/**
 * `npm run serve`: the service hosted by yourself, on `PORT` with its data in `DATA_DIR`. The secrets come
 * from the environment, or else from `.dev.vars`; log lines go to stdout.
 */
import { resolve } from 'node:path';
import { Complaint, commandOptions, portFromEnvironment, runCommand } from './command-line.ts';
import { ALLOW_PRIVATE, readDevVars, SECRETS } from './dev-vars.ts';
import { runInForeground } from './foreground.ts';
import { DATA, DEV_VARS } from './home.ts';
import { buildBundle, startService } from './service.ts';

await runCommand(async () => {
  const options = commandOptions({ 'no-build': { type: 'boolean' } });
  const port = portFromEnvironment();
  const dataDir = resolve(process.env.DATA_DIR || DATA);
  const bindings = await secrets();
  return runInForeground(
    async () => {
      if (!options['no-build']) await buildBundle();
      return startService({ port, dataDir, bindings, output: 'inherit' });
    },
    // On stderr, so that stdout is log lines and nothing else.
    async ({ url }) => console.error(`Headway is at ${url}, its data in ${dataDir}`),
  );
});

async function secrets(): Promise<Record<string, string>> {
  const { [ALLOW_PRIVATE]: _development, ...bindings } = await readDevVars();
  for (const name of SECRETS) {
    const value = process.env[name] || bindings[name];
    if (!value) {
      throw new Complaint(
        `${name} is in neither the environment nor ${DEV_VARS}; \`npm start\` makes one there.`,
      );
    }
    bindings[name] = value;
  }
  return bindings;
}
