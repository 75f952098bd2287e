/** The peers whose packages are installed, and why the others are missing. */
import type { Entrant } from '../contestant.ts';
import { versionOf } from '../versions.ts';
import { fastapiVersions } from './fastapi-postgres.ts';
import type { Peer } from './peer.ts';
import { findPostgres, postgresVersion } from './postgres.ts';
import { redisVersion } from './redis.ts';

export interface Skipped {
  name: string;
  why: string;
}

export interface PeerEntrant extends Entrant<Peer> {
  /** What it is made of. */
  versions: string;
}

export async function findPeers(): Promise<{ peers: PeerEntrant[]; skipped: Skipped[] }> {
  const peers: PeerEntrant[] = [];
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
    const versions = `${bullmq}, ${redis}, appendfsync always`;
    peers.push({ name: 'Fastify + BullMQ', versions, start: startFastifyBullmq });
  }

  const pg = versionOf('fastify', 'pg');
  if (programs === null) skip('Fastify + PostgreSQL', 'postgresql is not installed');
  else if (pg === null) skip('Fastify + PostgreSQL', 'fastify or pg is not installed');
  else {
    const { startFastifyPostgres } = await import('./fastify-postgres.ts');
    const start = (folder: string) => startFastifyPostgres(folder, programs);
    peers.push({ name: 'Fastify + PostgreSQL', versions: `${pg}, ${postgres}`, start });
  }

  if (programs === null) skip('FastAPI + PostgreSQL', 'postgresql is not installed');
  else if (fastapi === null) {
    skip('FastAPI + PostgreSQL', 'python3-fastapi, -sqlalchemy, -asyncpg or -uvicorn is not installed');
  } else {
    const { startFastapiPostgres } = await import('./fastapi-postgres.ts');
    const start = (folder: string) => startFastapiPostgres(folder, programs);
    peers.push({ name: 'FastAPI + PostgreSQL', versions: `${fastapi}, ${postgres}`, start });
  }
  return { peers, skipped };
}
