/**
 * `npm start`: the service on this machine, with nothing to set up first. Secrets, data and a key are made
 * once and kept; `npm start -- --reset` begins anew.
 */
import { openSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { commandOptions, portFromEnvironment, runCommand } from './command-line.ts';
import { completeDevVars } from './dev-vars.ts';
import { runInForeground } from './foreground.ts';
import { BUNDLE, DATA, DEV_VARS, STATE } from './home.ts';
import { refuseIfClaimed } from './service/claim.ts';
import { refuseBadConfig } from './service/config-check.ts';
import { closeDataFolder } from './service/data-folder.ts';
import { filesVariable } from './service/open-files.ts';
import { refuseOtherRoots } from './service/root-check.ts';
import { startWithRoots } from './service/start-with-roots.ts';
import { buildBundle } from './service.ts';
import { ACCESS_FILE, type Access, grantAccess, signInLink } from './start/access.ts';
import { firstLines, watchLines } from './start/walk.ts';

const LOG = join(STATE, 'service.log');

await runCommand(async () => {
  const options = commandOptions({ reset: { type: 'boolean' }, 'no-build': { type: 'boolean' } });
  const port = portFromEnvironment();
  await refuseIfClaimed(DATA);
  if (options.reset) {
    for (const path of [DATA, ACCESS_FILE, DEV_VARS]) await rm(path, { recursive: true, force: true });
  }
  await mkdir(STATE, { recursive: true, mode: 0o700 });
  // A developer reads the log of each request.
  const variables = { LOG_SAMPLE: '1', ...(await completeDevVars()) };
  const bindings = { ...variables, ...(await filesVariable()), OWN_HOSTS: ownHosts(port, variables) };
  await closeDataFolder(DATA);
  await refuseOtherRoots(DATA, bindings.ROOT_SECRET);
  return runInForeground(
    async () => {
      if (!options['no-build']) await buildBundle();
      await refuseBadConfig(BUNDLE, bindings, relative('', DEV_VARS));
      const output = openSync(LOG, 'a', 0o600);
      return startWithRoots({ port, dataDir: DATA, bindings, bundleDir: BUNDLE, output });
    },
    async ({ url }) => {
      const access = await grantAccess(url, newest(bindings.ADMIN_TOKEN));
      greet(access, await signInLink(access));
    },
  );
});

/** Receivers are on loopback here, and so is the service: a webhook to its own port would go round for ever. */
function ownHosts(port: number, { OWN_HOSTS }: Record<string, string | undefined>): string {
  return [OWN_HOSTS, port === 0 ? undefined : `localhost:${port}`].filter(Boolean).join(',');
}

/** The first of several tokens is the one in use. */
function newest(tokens: string): string {
  return tokens.split(',')[0]?.trim() ?? '';
}

function greet({ url, organization_id, api_key }: Access, link: string): void {
  const [access, log] = [ACCESS_FILE, LOG].map((file) => relative('', file));
  console.log(`Headway is at ${url}
Organization ${organization_id}: its key and the admin token are in ${access}, the log is ${log}.

See jobs move in a browser, signed in by this link (once, within ten minutes):

${link}

Watch a script of your own in this terminal or another, \`sh import.sh\` say; each \`echo 50/200\` of it moves the bar:

${watchLines(url, api_key).join('\n')}

Create a job, report progress on it, read it:

${firstLines(url, api_key).join('\n')}
`);
}
