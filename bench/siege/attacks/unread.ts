/** Readers that don't read while much is told: what waits for them must have an end. */
import type { Attack } from '../attack.ts';
import { everySo, type Ground } from '../ground.ts';
import { RawSocket } from '../raw-socket.ts';

const READERS = 40;
/** A report of 200 KB. */
const LONG = { logs: Array.from({ length: 50 }, () => ({ level: 'info', message: 'x'.repeat(4_000) })) };

/** Reports that reach every watcher as a frame of 200 KB, five a second. */
function tellMuch(ground: Ground, job: string, calledOff: AbortSignal): Promise<void> {
  return everySo(200, calledOff, () => ground.ask('POST', `/api/jobs/${job}/progress`, { body: LONG }));
}

const HANDSHAKE = {
  ...{ Upgrade: 'websocket', Connection: 'Upgrade', 'Sec-WebSocket-Version': '13' },
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
};

export const UNREAD: Attack[] = [
  {
    name: 'unread-sockets',
    least: 20,
    async prepare(ground) {
      const job = await ground.job();
      return async (calledOff) => {
        for (let n = 0; n < READERS; n++) {
          const socket = await RawSocket.open(ground);
          socket.send('GET', `/api/jobs/${job}/socket`, HANDSHAKE);
          const status = await socket.status(5_000);
          ground.tally.did(status === 101 ? 'sockets' : `no socket (${status})`);
          socket.pause();
        }
        await tellMuch(ground, job, calledOff);
      };
    },
  },
  {
    name: 'unread-streams',
    least: 20,
    async prepare(ground) {
      const job = await ground.job();
      const other = await ground.job();
      await ground.need('POST', `/api/jobs/${other}/progress`, { mark_started: true });
      return async (calledOff) => {
        for (let n = 0; n < READERS; n++) {
          await ground.stream(`/api/jobs/${job}/stream`);
          await ground.stream('/api/events/stream');
        }
        const stages = (n: number) =>
          Array.from({ length: 200 }, (_, k) => ({ stage: `${n}.${k} `.padEnd(200, 's') }));
        await Promise.all([
          tellMuch(ground, job, calledOff),
          everySo(1_000, calledOff, (n) =>
            ground.ask('POST', `/api/jobs/${other}/progress/batch`, { body: { reports: stages(n) } }),
          ),
        ]);
      };
    },
  },
];
