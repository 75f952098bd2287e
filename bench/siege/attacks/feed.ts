/** Many readers of one feed: what all of them are told must be made once. */
import type { Attack } from '../attack.ts';
import { everySo, type Ground } from '../ground.ts';

const BATCH = 1_000;

/** Changes of stage that make an event of about a kilobyte each, 0.96 MB in all. */
function stages(n: number): { stage: string }[] {
  return Array.from({ length: BATCH }, (_, k) => ({ stage: `${n}.${k} `.padEnd(200, '\u00e9') }));
}

async function read(ground: Ground, path: string): Promise<void> {
  const stream = await ground.stream(path);
  stream?.on('data', (chunk: Buffer) => ground.tally.did('bytes', chunk.length));
}

async function readMany(ground: Ground, count: number, path: (n: number) => string): Promise<void> {
  for (let n = 0; n < count; n += 20) {
    await Promise.all(Array.from({ length: Math.min(20, count - n) }, (_, k) => read(ground, path(n + k))));
  }
}

export const FEED: Attack[] = [
  {
    name: 'feed-streams',
    proof: { '200': 1, streams: 200, bytes: 50_000_000 },
    least: 15,
    async prepare(ground) {
      const job = await ground.job();
      await ground.need('POST', `/api/jobs/${job}/progress`, { mark_started: true });
      await readMany(ground, ground.short ? 200 : 500, () => '/api/events/stream');
      return async (calledOff) => {
        await everySo(8_000, calledOff, (n) =>
          ground.ask('POST', `/api/jobs/${job}/progress/batch`, { body: { reports: stages(n) } }),
        );
      };
    },
  },
  {
    name: 'dashboards',
    proof: { '200': 10, streams: 100, bytes: 10_000 },
    async prepare(ground) {
      const types = ['import', 'export', 'crawl', 'enrichment'];
      const jobs = await Promise.all(types.map((job_type) => ground.job({ job_type })));
      const filters = [
        '',
        '?types=job.completed&types=job.failed',
        ...types.map((type) => `?job_type=${type}`),
        ...types.map((type) => `?job_type=${type}&types=job.stage_changed`),
      ];
      await readMany(
        ground,
        ground.short ? 100 : 200,
        (n) => `/api/events/stream${filters[n % filters.length]}`,
      );
      return (calledOff) =>
        everySo(50, calledOff, (n) =>
          ground.ask('POST', `/api/jobs/${jobs[n % jobs.length]}/progress`, {
            body: { stage: `stage ${n}` },
          }),
        );
    },
  },
];
