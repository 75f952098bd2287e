/** Thousands who wait for something else while a job reports, and some who come and go. */
import type { Attack } from '../attack.ts';
import { everySo } from '../ground.ts';
import { RawSocket } from '../raw-socket.ts';

export const WATCHERS: Attack[] = [
  {
    name: 'idle-watchers',
    proof: { '200': 10, waiting: 500, streams: 50 },
    async prepare(ground) {
      const job = await ground.job();
      await ground.need('POST', `/api/jobs/${job}/progress`, { mark_started: true });
      const token = await ground.token(job, 'report');
      const polls = ground.short ? 500 : 4_000;
      for (let n = 0; n < polls; n += 100) {
        const sockets = await Promise.all(Array.from({ length: 100 }, () => RawSocket.open(ground)));
        for (const socket of sockets) socket.send('GET', `/api/jobs/${job}?wait=60&until=terminal`);
        // What was answered at once is none that waits.
        await new Promise((resolve) => setTimeout(resolve, 100));
        ground.tally.did('waiting', sockets.filter(({ isClosed }) => !isClosed).length);
      }
      for (let n = 0; n < 50; n++) await ground.stream('/api/events/stream?types=endpoint.disabled');
      return (calledOff) =>
        everySo(50, calledOff, (n) =>
          ground.ask('POST', `/api/jobs/${job}/progress`, {
            body: { processed_items: n },
            credential: token,
          }),
        );
    },
  },
  {
    name: 'torn-streams',
    proof: { '200': 5, torn: 10 },
    async prepare(ground) {
      const job = await ground.job();
      const paths = [
        `/api/jobs/${job}/stream`,
        `/api/jobs/${job}?wait=60&until=terminal`,
        '/api/events/stream',
        '/api/events?wait=60',
      ];
      return async (calledOff) => {
        await Promise.all([
          everySo(100, calledOff, (n) =>
            ground.ask('POST', `/api/jobs/${job}/progress`, {
              body: { processed_items: n, message: `${n}` },
            }),
          ),
          ground.loops(8, calledOff, async (n) => {
            const socket = await RawSocket.open(ground);
            socket.send('GET', paths[n % paths.length] ?? '');
            await socket.status(2_000);
            ground.tally.did('torn');
            if (n % 2 === 0) socket.reset();
            else socket.close();
          }),
        ]);
      };
    },
  },
  {
    name: 'many-objects',
    proof: { '201': 20 },
    opens: '201',
    longOnly: true,
    async prepare(ground) {
      return (calledOff) =>
        ground.loops(4, calledOff, (n) =>
          ground.ask('POST', '/api/jobs/', { body: { job_type: 'import', total_items: n } }),
        );
    },
  },
];
