/** Readers that don't read while much is told: what waits for them must have an end. */
import type { Attack } from '../attack.ts';
import { everySo, type Ground } from '../ground.ts';
import { RawSocket } from '../raw-socket.ts';

/** A report of 200 KB. */
const LINES = Array.from({ length: 50 }, () => ({ level: 'info', message: 'x'.repeat(4_000) }));
const KIB = 200;
const EVENTS = 200;

const readers = ({ short }: Ground) => (short ? 15 : 40);

/** Reports that reach every watcher as a frame of 200 KB. */
function tellMuch(ground: Ground, job: string, ms: number, calledOff: AbortSignal): Promise<void> {
  return everySo(ms, calledOff, async () => {
    const answer = await ground.ask('POST', `/api/jobs/${job}/progress`, { body: { logs: LINES } });
    if (answer?.status === 200) ground.tally.did('KiB for each watcher', KIB);
  });
}

/** A batch a second, each report an event of half a kilobyte. */
function tellFeed(ground: Ground, job: string, calledOff: AbortSignal): Promise<void> {
  const stages = (n: number) =>
    Array.from({ length: EVENTS }, (_, k) => ({ stage: `${n}.${k} `.padEnd(200, 's') }));
  return everySo(1_000, calledOff, async (n) => {
    const answer = await ground.ask('POST', `/api/jobs/${job}/progress/batch`, {
      body: { reports: stages(n) },
    });
    if (answer?.status === 200) ground.tally.did('events for each feed', EVENTS);
  });
}

const HANDSHAKE = {
  ...{ Upgrade: 'websocket', Connection: 'Upgrade', 'Sec-WebSocket-Version': '13' },
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
};
/** A close frame with 1013 (RFC 6455, 5.5.1), behind its length. */
const TRY_AGAIN_LATER = '\u0003\u00f5';

export const UNREAD: Attack[] = [
  {
    name: 'unread-sockets',
    least: 20,
    proof: { sockets: 15, 'KiB for each watcher': 1_600 },
    async prepare(ground) {
      const job = await ground.job();
      return async (calledOff) => {
        const sockets = [];
        for (let n = 0; n < readers(ground); n++) {
          const socket = await RawSocket.open(ground);
          socket.send('GET', `/api/jobs/${job}/socket`, HANDSHAKE);
          const status = await socket.status(5_000);
          ground.tally.did(status === 101 ? 'sockets' : `no socket (${status})`);
          socket.pause();
          sockets.push(socket);
        }
        await tellMuch(ground, job, 200, calledOff);
        const closed = await Promise.all(sockets.map((socket) => socket.reads(TRY_AGAIN_LATER, 10_000)));
        const open = closed.filter((isClosed) => !isClosed).length;
        if (open > 0)
          ground.tally.fault(`${open} of ${sockets.length} sockets that read nothing were not closed`);
      };
    },
  },
  {
    // What the system holds for a connection comes first, some 5 MiB of what is told.
    name: 'unread-streams',
    least: 20,
    proof: { streams: 20, 'KiB for each watcher': 7_000, 'events for each feed': 400 },
    async prepare(ground) {
      const job = await ground.job();
      const other = await ground.job();
      await ground.need('POST', `/api/jobs/${other}/progress`, { mark_started: true });
      return async (calledOff) => {
        for (let n = 0; n < readers(ground); n++) {
          await ground.stream(`/api/jobs/${job}/stream`);
          await ground.stream('/api/events/stream');
        }
        const pace = ground.short ? 100 : 200;
        await Promise.all([tellMuch(ground, job, pace, calledOff), tellFeed(ground, other, calledOff)]);
      };
    },
  },
];
