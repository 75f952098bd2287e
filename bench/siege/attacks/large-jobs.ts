/** Jobs as large as they may be, shown again and again: in lists, in pages of errors, whole. */
import type { Attack } from '../attack.ts';
import type { Ground } from '../ground.ts';

/** Four bytes and two UTF-16 units a character. */
const wide = (length: number, n = 0) => '𝄞'.repeat(length - 6) + String(n).padStart(6, '0');
const DETAILS = { text: 'd'.repeat(4_000) };

/** A job with the largest texts that a list might look at. */
async function largest(ground: Ground, n: number): Promise<void> {
  const job = await ground.job({
    ...{ name: wide(200, n), triggered_by: wide(200, n), job_type: wide(100, n) },
    tags: Array.from({ length: 10 }, (_, tag) => wide(128, tag)),
    metadata: { text: 'm'.repeat(65_000) },
  });
  const path = `/api/jobs/${job}/progress`;
  await ground.need('POST', path, { stage: wide(200), message: wide(4_000), result: 'r'.repeat(65_000) });
  const errors = Array.from({ length: 100 }, (_, k) => ({
    ...{ entity_type: wide(200, k), entity_key: wide(100, k), error_type: wide(200, k), message: 'e' },
  }));
  await ground.need('POST', path, { errors });
  if (n % 2 === 0) await ground.need('POST', path, { mark_failed: wide(4_000) });
  else await ground.need('POST', `/api/jobs/${job}/cancel`, { reason: wide(4_000) });
}

export const LARGE_JOBS: Attack[] = [
  {
    name: 'large-lists',
    proof: { '200': 10 },
    async prepare(ground) {
      const jobs = ground.short ? 15 : 100;
      for (let n = 0; n < jobs; n += 5) {
        await Promise.all(Array.from({ length: 5 }, (_, k) => largest(ground, n + k)));
      }
      const paths = ['/api/jobs/?limit=100', '/api/v1/jobs?limit=100', '/api/jobs/?limit=100&status=failed'];
      return (calledOff) =>
        ground.loops(4, calledOff, (n) => ground.ask('GET', paths[n % paths.length] ?? ''));
    },
  },
  {
    name: 'error-pages',
    proof: { '200': 10 },
    async prepare(ground) {
      const job = await ground.job();
      const path = `/api/jobs/${job}/progress`;
      const errors = Array.from({ length: 30 }, (_, k) => ({
        ...{ entity_type: 'row', entity_key: `row-${k}`, error_type: 'bad', message: 'e'.repeat(4_000) },
        details: DETAILS,
      }));
      const kinds = ground.short ? 300 : 1_000;
      for (let sent = 0; sent < kinds; sent += errors.length) {
        await ground.need('POST', path, { errors });
        await ground.need('POST', path, { warnings: errors });
      }
      const pages = ['errors?limit=100', 'warnings?limit=100', 'logs?limit=100', 'events?limit=100'];
      const paths = [
        ...pages.map((page) => `/api/jobs/${job}/${page}`),
        ...[`/api/jobs/${job}`, `/api/v1/jobs/${job}`, `/v1/api/jobs/${job}`],
      ];
      return (calledOff) =>
        ground.loops(4, calledOff, (n) => ground.ask('GET', paths[n % paths.length] ?? ''));
    },
  },
  {
    name: 'long-details',
    proof: { '200': 5 },
    async prepare(ground) {
      const job = await ground.job();
      // As many short strings as a report has room for: what shortens them one by one takes their square.
      const many = Object.fromEntries(Array.from({ length: 900 }, (_, n) => [`k${n}`, 'x'.repeat(200)]));
      const nested = Array.from({ length: 20_000 }, (_, n) => `text ${n}`);
      const error = { entity_key: 'row', error_type: 'bad', message: 'e' };
      const bodies = [
        { error: { ...error, details: many } },
        { error: { ...error, details: { nested } } },
        {
          errors: Array.from({ length: 30 }, () => ({
            ...error,
            details: { a: many.k1, b: nested.slice(0, 600) },
          })),
        },
      ].map((body) => JSON.stringify(body));
      return (calledOff) =>
        ground.loops(2, calledOff, (n) =>
          ground.ask('POST', `/api/jobs/${job}/progress`, { body: bodies[n % bodies.length] ?? '' }),
        );
    },
  },
];
