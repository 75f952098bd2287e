/** How many files the service may have open: each object in use is three, each connection one. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { OWN_FILES } from '../../src/objects/kit/open-objects.ts';

/** Below this the limit is met before two cores are; a machine made for servers allows far more. */
const FEW_FILES = 16_384;

// The hard limit, or what macOS allows where that says "unlimited".
const RAISE = 'ulimit -Sn "$(ulimit -Hn)" 2>/dev/null || ulimit -Sn 10240 2>/dev/null';

/** `command` with as many files as it may have: the shell raises its soft limit to the hard one and becomes it. */
export function withAllFiles(command: string, args: readonly string[]): [string, string[]] {
  // Windows has no such limit.
  if (process.platform === 'win32') return [command, [...args]];
  return ['/bin/sh', ['-c', `${RAISE}; exec "$@"`, 'sh', command, ...args]];
}

/** How many files such a command may have open; null where there is no limit. */
async function openFiles(): Promise<number | null> {
  if (process.platform === 'win32') return null;
  const { stdout } = await promisify(execFile)('/bin/sh', ['-c', `${RAISE}; ulimit -Sn`]);
  return stdout.trim() === 'unlimited' ? null : Number(stdout);
}

/** The variable by which the service knows how many files it may have open. Few are said on stderr. */
export async function filesVariable(): Promise<{ OPEN_FILES?: string }> {
  const files = await openFiles();
  if (files === null) return {};
  if (files < FEW_FILES) {
    console.error(
      `This process may have ${files} files open, so that creations are refused beyond ${Math.floor(Math.max(files - OWN_FILES, 0) / 6)} jobs in use within 15 seconds. Raise the hard limit: LimitNOFILE= in systemd, \`ulimit -Hn\` in a shell.`,
    );
  }
  return { OPEN_FILES: String(files) };
}
