/**
 * A data folder held by one service alone, from before workerd starts until it has ended. Who holds it listens on a socket
 * in the folder, which workerd inherits: it tells of a service in whatever container of this machine, however slowly that one
 * answers, and of a workerd whose supervisor is gone.
 */
import { mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface FolderLock {
  /** The descriptor for workerd to inherit. */
  fd: number | undefined;
  release(): Promise<void>;
}

const PREFIX = 'lock-';
/** The longest path (bytes) that every system takes for a socket. */
const LONGEST_PATH = 100;
const TRIES = 5;
/** What a file system without sockets answers: there the claim alone tells of another service. */
const UNABLE = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'];
const UNLOCKED = { name: '', fd: undefined, release: async () => {} };

/** Holds `dataDir`; null where another service does. */
export async function lockFolder(dataDir: string): Promise<FolderLock | null> {
  // Windows has no sockets in folders.
  if (process.platform === 'win32') return UNLOCKED;
  for (let tries = 0; tries < TRIES; tries++) {
    // Of two that start at once each may see the other's socket: both step back, one for longer.
    if (tries > 0) await sleep(50 + Math.random() * 200);
    const lock = await listenIn(dataDir).catch((error: NodeJS.ErrnoException) => {
      if (UNABLE.includes(error.code ?? '')) return UNLOCKED;
      throw error;
    });
    // Whoever listens before it looks can't be overlooked by another who does the same.
    if (!(await isHeld(dataDir, lock.name))) return lock;
    await lock.release();
  }
  return null;
}

/** Whether somebody listens in `dataDir`, on another socket than `own`. A name is never used again, so a dead one can go. */
export async function isHeld(dataDir: string, own = ''): Promise<boolean> {
  const names = (await readdir(dataDir).catch(() => [])).filter((name) => name.startsWith(PREFIX));
  for (const name of names.filter((other) => other !== own)) {
    if (await throughShortPath(dataDir, name, isListenedOn)) return true;
    await rm(join(dataDir, name), { force: true });
  }
  return false;
}

async function listenIn(dataDir: string): Promise<FolderLock & { name: string }> {
  const name = `${PREFIX}${process.pid}-${Math.random().toString(36).slice(2, 10)}`;
  const server = await throughShortPath(dataDir, name, listen);
  const release = async () => {
    await new Promise((resolve) => server.close(resolve));
    await rm(join(dataDir, name), { force: true }).catch(() => {});
  };
  // Node tells the descriptor by this alone.
  const { _handle: handle } = server as unknown as { _handle: { fd: number } | null };
  return { name, fd: handle?.fd, release };
}

function listen(path: string): Promise<Server> {
  const server = createServer((socket) => socket.destroy()).unref();
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(path, () => resolve(server));
  });
}

/** Everything but a refusal tells of somebody: one who is too busy to answer too. */
function isListenedOn(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', ({ code }: NodeJS.ErrnoException) => {
      resolve(code !== 'ECONNREFUSED' && code !== 'ENOENT');
    });
  });
}

/** Calls `use` with a path to `name` in `folder` that a socket may have: by a link where the folder's own is too long. */
async function throughShortPath<T>(
  folder: string,
  name: string,
  use: (path: string) => Promise<T>,
): Promise<T> {
  const path = join(folder, name);
  if (Buffer.byteLength(path) <= LONGEST_PATH) return use(path);
  const short = await mkdtemp(join(tmpdir(), 'hw-'));
  try {
    await symlink(folder, join(short, 'd'));
    return await use(join(short, 'd', name));
  } finally {
    await rm(short, { recursive: true, force: true });
  }
}
