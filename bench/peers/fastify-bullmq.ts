/** The Fastify + BullMQ peer, started. */
import { fileURLToPath } from 'node:url';
import { Queue } from 'bullmq';
import { Child } from '../child.ts';
import { BATCH } from '../measures.ts';
import { newBody } from './job-body.ts';
import { newApiKey, type Peer, peerOf, type Reporter } from './peer.ts';
import { redisSocket, startRedis } from './redis.ts';

const SERVER = fileURLToPath(new URL('fastify-bullmq-server.ts', import.meta.url));

export async function startFastifyBullmq(folder: string): Promise<Peer> {
  const redis = await startRedis(folder);
  const apiKey = newApiKey();
  const env = { STORE: redisSocket(folder), API_KEY: apiKey };
  const server = new Child(process.execPath, { args: [SERVER], cwd: folder, env });
  return peerOf('Fastify + BullMQ', { server, apiKey }, [redis], () => openReporter(redisSocket(folder)));
}

/** A worker with BullMQ's own job in hand. */
async function openReporter(store: string): Promise<Reporter> {
  const queue = new Queue('worker', { connection: { path: store } });
  const job = await queue.add('import', newBody({ job_type: 'import', total_items: 1_000_000_000 }));
  const report = (n: number) => job.updateProgress({ processed_items: n });
  return {
    way: 'Job.updateProgress, one at a time',
    report,
    togetherWay: `Job.updateProgress, ${BATCH} in flight`,
    together: (n) => Promise.all(Array.from({ length: BATCH }, (_, k) => report(n + k))),
    close: () => queue.close(),
  };
}
