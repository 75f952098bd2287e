/** A search for what is nearly there, in a log that is full. */
import type { Attack } from '../attack.ts';

const LINES = 10_000;
/** Characters of a line. */
const LINE = 1_000;
/** Of a needle: what a form would send, and what nobody would. */
const NEEDLES = [50, 200, 500, 4_000, 30_000];

export const LOGS: Attack[] = [
  {
    name: 'log-needle',
    proof: { '200': 10, '422': 10 },
    async prepare(ground) {
      const job = await ground.job();
      const logs = Array.from({ length: 100 }, () => ({ level: 'info', message: 'a'.repeat(LINE) }));
      const reports = Array.from({ length: 10 }, () => ({ logs }));
      for (let sent = 0; sent < LINES; sent += 1_000) {
        await ground.need('POST', `/api/jobs/${job}/progress/batch`, { reports });
      }
      const credential = await ground.token(job, 'read');
      const needles = NEEDLES.flatMap((length) => [
        `${'a'.repeat(length - 1)}b`,
        `b${'a'.repeat(length - 1)}`,
        `${'a'.repeat(length / 2 - 1)}b${'a'.repeat(length / 2)}`,
        `${'aA'.repeat(length / 2 - 1)}%_`,
      ]);
      return (calledOff) =>
        ground.loops(2, calledOff, (n) => {
          const q = encodeURIComponent(needles[n % needles.length] ?? '');
          return ground.ask('GET', `/api/jobs/${job}/logs?limit=1&q=${q}`, { credential });
        });
    },
  },
];
