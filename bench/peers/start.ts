/** Starts each peer whose packages are installed, and says why the others are missing. */
import { join } from 'node:path';
import { versionOf } from '../versions.ts';
import { fastapiVersions } from './fastapi-postgres.ts';
import type { Peer } from './peer.ts';
import { findPostgres, postgresVersion } from './postgres.ts';
import { redisVersion } from './redis.ts';

export interface Skipped {
  name: string;
  why: string;
}

/** Hands each started peer to `keep` at once, so that it is stopped whatever becomes of the next. */
export async function startPeers(folder: string, keep: (peer: Peer) => void): Promise<Skipped[]> {
  const skipped: Skipped[] = [];
  const skip = (name: string, why: string) => skipped.push({ name, why });
  const programs = findPostgres();
  const postgres = programs === null ? null : postgresVersion(programs);
  const [redis, fastapi] = [redisVersion(), fastapiVersions()];

  const bullmq = versionOf('fastify', 'bullmq', 'ioredis');
  if (redis === null) skip('Fastify + BullMQ', 'redis-server is not installed');
  else if (bullmq === null) skip('Fastify + BullMQ', 'fastify, bullmq or ioredis is not installed');
  else {
    const { startFastifyBullmq } = await import('./fastify-bullmq.ts');
    keep(await startFastifyBullmq(join(folder, 'bullmq'), `${bullmq}, ${redis}, appendfsync always`));
  }

  const pg = versionOf('fastify', 'pg');
  if (programs === null) skip('Fastify + PostgreSQL', 'postgresql is not installed');
  else if (pg === null) skip('Fastify + PostgreSQL', 'fastify or pg is not installed');
  else {
    const { startFastifyPostgres } = await import('./fastify-postgres.ts');
    keep(await startFastifyPostgres(join(folder, 'fastify'), programs, `${pg}, ${postgres}`));
  }

  if (programs === null) skip('FastAPI + PostgreSQL', 'postgresql is not installed');
  else if (fastapi === null) {
    skip('FastAPI + PostgreSQL', 'python3-fastapi, -sqlalchemy, -asyncpg or -uvicorn is not installed');
  } else {
    const { startFastapiPostgres } = await import('./fastapi-postgres.ts');
    keep(await startFastapiPostgres(join(folder, 'fastapi'), programs, `${fastapi}, ${postgres}`));
  }
  return skipped;
}
