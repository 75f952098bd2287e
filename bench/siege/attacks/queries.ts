/** Requests that are all query: names nobody knows, in any number, with and without a credential. */
import type { Attack } from '../attack.ts';

const NAMES = 16_000;
const UNKNOWN = Array.from({ length: NAMES }, (_, n) => n.toString(36)).join('&');
/** Nearly right, each worth a hint. */
const NEARLY = Array.from({ length: NAMES / 4 }, (_, n) => `statu${n.toString(36)}=a`).join('&');
const REPEATED = Array.from({ length: NAMES / 4 }, (_, n) => `tag=t${n}`).join('&');
const STATUSES = Array.from({ length: NAMES / 8 }, () => 'status[]=completed,failed').join('&');

export const QUERIES: Attack[] = [
  {
    name: 'query-names',
    proof: { '401': 10, '404': 5, '422': 20 },
    async prepare(ground) {
      const job = await ground.job();
      const open = [
        '/openapi.json',
        '/healthz',
        '/api/jobs',
        '/api/events',
        '/r/nobody',
        '/nowhere',
        '/admin/orgs',
      ];
      const own = [
        '/api/jobs',
        '/api/v1/jobs',
        `/v1/api/jobs/${job}`,
        `/api/jobs/${job}/logs`,
        '/api/events',
      ];
      const queries = [UNKNOWN, NEARLY, REPEATED, STATUSES];
      const paths = [
        ...open.map((path) => ({ path, credential: null })),
        ...own.map((path) => ({ path, credential: undefined })),
        { path: `/api/jobs/${job}/stream`, credential: undefined },
        { path: `/api/jobs/${job}/badge.svg`, credential: undefined },
      ];
      return (calledOff) =>
        ground.loops(2, calledOff, (n) => {
          const { path, credential } = paths[n % paths.length] ?? { path: '/', credential: null };
          // A stream that is opened is left at once.
          const query = queries[Math.floor(n / paths.length) % queries.length];
          if (path.endsWith('/stream')) {
            return ground.stream(`${path}?${query}`).then((stream) => stream?.destroy());
          }
          return ground.ask('GET', `${path}?${query}`, credential === null ? { credential } : {});
        });
    },
  },
];
