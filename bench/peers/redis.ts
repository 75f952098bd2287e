/** A Redis server of its own, from Debian's package, reached by a socket in its folder. */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Child } from '../child.ts';

/** `Redis 7.0.15`; null where it is not installed. */
export function redisVersion(): string | null {
  try {
    const said = execFileSync('redis-server', ['--version'], { encoding: 'utf8' });
    return `Redis ${/v=([\d.]+)/.exec(said)?.[1]}`;
  } catch {
    return null;
  }
}

/** The socket of the Redis in `folder`. */
export function redisSocket(folder: string): string {
  return join(folder, 'redis.sock');
}

/** Starts Redis so that what it answers is on the disk: appendfsync always, as the others commit before they answer. */
export async function startRedis(folder: string): Promise<Child> {
  mkdirSync(folder);
  const durable = ['--appendonly', 'yes', '--appendfsync', 'always', '--save', ''];
  const reach = ['--port', '0', '--unixsocket', redisSocket(folder), '--unixsocketperm', '700'];
  const server = new Child('redis-server', { args: [...reach, ...durable, '--dir', folder], cwd: folder });
  await server.says(/ready to accept connections/i);
  return server;
}
