/** A PostgreSQL server of its own, from Debian's package: a new cluster in a folder, reached by a socket there. */
import { execFileSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Child } from '../child.ts';

const PACKAGES = '/usr/lib/postgresql';

/** Where the newest installed version has its programs; null where none is installed. */
export function findPostgres(): string | null {
  if (!existsSync(PACKAGES)) return null;
  const newest = readdirSync(PACKAGES).sort((a, b) => Number(b) - Number(a))[0];
  const folder = join(PACKAGES, newest ?? '', 'bin');
  return existsSync(join(folder, 'initdb')) ? folder : null;
}

export function postgresVersion(programs: string): string {
  const said = execFileSync(join(programs, 'postgres'), ['--version'], { encoding: 'utf8' });
  return `PostgreSQL ${/[\d.]+/.exec(said)?.[0]}`;
}

/**
 * Starts PostgreSQL with the settings it comes with, so every commit is on the disk before it is answered, and
 * with its socket in `folder`. The superuser is `bench`, the database `postgres`.
 */
export async function startPostgres(programs: string, folder: string): Promise<Child> {
  // It refuses to run as root.
  const user = process.getuid?.() === 0 ? accountOf('postgres') : null;
  mkdirSync(folder, { mode: 0o755 });
  if (user !== null) chownSync(folder, user.uid, user.gid);
  const data = join(folder, 'data');
  const initdb = ['-D', data, '-U', 'bench', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'];
  await new Child(join(programs, 'initdb'), { args: initdb, cwd: folder, user }).done();
  const settings = ['listen_addresses=', 'fsync=on', 'synchronous_commit=on'];
  const server = new Child(join(programs, 'postgres'), {
    args: ['-D', data, '-k', folder, ...settings.flatMap((setting) => ['-c', setting])],
    cwd: folder,
    user,
    // Fast shutdown: it does not wait for its clients.
    stopSignal: 'SIGINT',
    // Immediate shutdown: its own processes and its shared memory go with it.
    lastSignal: 'SIGQUIT',
  });
  await server.says(/ready to accept connections/);
  return server;
}

function accountOf(name: string): { uid: number; gid: number } {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  if (uid === undefined || gid === undefined) throw new Error(`there is no user ${name} to run it as`);
  return { uid: Number(uid), gid: Number(gid) };
}
