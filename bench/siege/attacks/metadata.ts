/** Patches whose text is small, on metadata that is not: a batch must not cost its size times that of the job. */
import type { Attack } from '../attack.ts';
import type { Ground } from '../ground.ts';
import { openSocket } from '../reporter-socket.ts';

/** 64 KiB as JSON, less a little for what is patched in. */
const LARGE = Object.fromEntries(Array.from({ length: 900 }, (_, n) => [`key-${n}`, 'x'.repeat(56)]));
const PATCHES = 1_000;

/** Reports of 32 KB in all; every second batch changes nothing. */
function patches(n: number): { metadata_patch: object }[] {
  const first = n % 2 === 0 ? n * PATCHES : null;
  return Array.from({ length: PATCHES }, (_, k) => ({
    metadata_patch: { a: first === null ? 7 : first + k },
  }));
}

async function started(ground: Ground): Promise<string> {
  const job = await ground.job({ metadata: LARGE });
  await ground.need('POST', `/api/jobs/${job}/progress`, { mark_started: true });
  return job;
}

export const METADATA: Attack[] = [
  {
    name: 'metadata-batches',
    proof: { '200': 5 },
    async prepare(ground) {
      const job = await started(ground);
      const token = await ground.token(job, 'report');
      return (calledOff) =>
        ground.loops(2, calledOff, (n) => {
          const body = { reports: patches(n >> 1) };
          const credential = n % 2 === 0 ? {} : { credential: token };
          return ground.ask('POST', `/api/jobs/${job}/progress/batch`, { body, ...credential });
        });
    },
  },
  {
    name: 'metadata-frames',
    proof: { acks: 100 },
    async prepare(ground) {
      const jobs = await Promise.all([started(ground), started(ground)]);
      const batches = await openSocket(ground, jobs[0] ?? '');
      const singles = await openSocket(ground, jobs[1] ?? '');
      return async (calledOff) => {
        await Promise.all([
          batches.flood(4, calledOff, (n) => ({ reports: patches(n) })),
          singles.flood(500, calledOff, (n) => ({ report: { metadata_patch: { a: n } } })),
        ]);
      };
    },
  },
];
