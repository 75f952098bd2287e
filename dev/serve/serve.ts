/** The service as its operator hosts it: set by the environment alone, supervised, its log lines on stdout. */
import { resolve } from 'node:path';
import { portFromEnvironment } from '../command-line.ts';
import { refuseBadConfig } from '../service/config-check.ts';
import { closeDataFolder } from '../service/data-folder.ts';
import { addressOf, hostFromEnvironment } from '../service/listen-address.ts';
import { filesVariable } from '../service/open-files.ts';
import { refuseOtherRoots } from '../service/root-check.ts';
import { startWithRoots } from '../service/start-with-roots.ts';
import { variablesFromEnvironment } from '../service/variables.ts';
import { supervise } from './supervise.ts';

/**
 * Serves the bundle in `bundleDir` until a signal ends it; answers the exit code. The data is in `DATA_DIR`, else in
 * `dataDir`. What it has to say goes to stderr, so that stdout is log lines and nothing else.
 */
export async function serve(bundleDir: string, dataDir: string): Promise<number> {
  const [host, wantedPort] = [hostFromEnvironment(), portFromEnvironment()];
  const folder = resolve(process.env.DATA_DIR || dataDir);
  const variables = variablesFromEnvironment();
  await refuseBadConfig(bundleDir, variables);
  const { ROOT_SECRET = '' } = variables;
  await closeDataFolder(folder);
  for (const generation of await refuseOtherRoots(folder, ROOT_SECRET)) {
    console.error(`Generation ${generation} of ROOT_SECRET is not given: what was made under it is unknown.`);
  }
  const bindings = { ...(await filesVariable()), ...variables };
  return supervise(
    (port) =>
      startWithRoots({
        host,
        port: port ?? wantedPort,
        dataDir: folder,
        bindings,
        bundleDir,
        output: 'inherit',
      }),
    ({ port }) => console.error(`Headway is at http://${addressOf(host, port)}, its data in ${folder}`),
  );
}
