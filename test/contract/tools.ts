/** The programs a published client runs on. A missing one fails the run: what did not run is not held. */
import { spawnSync } from 'node:child_process';

/** Throws, naming the Debian package, if `command` does not run. */
export function requireTool(command: string, args: string[], packageName: string): void {
  const { status } = spawnSync(command, args, { stdio: 'ignore' });
  if (status === 0) return;
  throw new Error(
    `test:contract needs ${packageName}: \`${[command, ...args].join(' ')}\` does not run. ` +
      'On Debian: apt-get install curl python3 python3-requests',
  );
}

/** The environment for a published client: straight to the service, whatever proxy the machine has. */
export function clientEnvironment(extra: Record<string, string>): Record<string, string | undefined> {
  return { ...process.env, NO_PROXY: '*', no_proxy: '*', ...extra };
}
