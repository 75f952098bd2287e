/** Bodies that never end, lie about their length, or are far too large. */
import type { Attack } from '../attack.ts';
import { type Ground, pause } from '../ground.ts';
import { RawSocket } from '../raw-socket.ts';

const KIB = 1_024;
/** What a body may be silent for (s), and how much later that may be noticed. */
const SILENCE = 30;
const LATER = 10;

const json = (length: number) => ({ 'Content-Type': 'application/json', 'Content-Length': String(length) });

async function trickle(ground: Ground, path: string): Promise<RawSocket> {
  const socket = await RawSocket.open(ground);
  socket.send('POST', path, json(1_000), '{');
  return socket;
}

export const BODIES: Attack[] = [
  {
    name: 'trickled-bodies',
    least: SILENCE + LATER + 5,
    proof: { 'bodies begun': 300 },
    async prepare(ground) {
      const job = await ground.job();
      const token = await ground.token(job, 'report');
      const paths = [
        ...[`/api/jobs/${job}/progress`, `/api/jobs/${job}/progress/batch`, '/api/jobs/', `/r/${token}`],
        ...[`/api/jobs/${job}/cancel`, '/api/webhooks', '/hooks/attacker/name/token'],
      ];
      return async (calledOff) => {
        const sockets = [];
        for (let n = 0; n < 300; n++) sockets.push(await trickle(ground, paths[n % paths.length] ?? ''));
        const began = performance.now();
        await pause(1_000, calledOff);
        for (const socket of sockets) socket.write('"');
        ground.tally.did('bodies begun', sockets.length);
        while (!calledOff.aborted && !sockets.every(({ isClosed }) => isClosed)) await pause(500, calledOff);
        const open = sockets.filter(({ isClosed }) => !isClosed).length;
        ground.tally.did('bodies given up', sockets.length - open);
        const waited = (performance.now() - began) / 1_000;
        if (open > 0 && waited > SILENCE + LATER) {
          ground.tally.fault(
            `${open} of ${sockets.length} bodies are waited for after ${waited.toFixed(0)} s of silence`,
          );
        }
      };
    },
  },
  {
    name: 'lying-lengths',
    proof: { '400': 10 },
    async prepare(ground) {
      const job = await ground.job();
      const path = `/api/jobs/${job}/progress`;
      const chunked = { 'Content-Type': 'application/json', 'Transfer-Encoding': 'chunked' };
      const lies: [headers: Record<string, string>, body: string][] = [
        [json(5), '{"processed_items": 1}GET / HTTP/1.1\r\n\r\n'],
        [json(0), '{"processed_items": 1}'],
        [json(-1), '{}'],
        [{ ...json(2), 'Content-Length ': '20' }, '{}'],
        [{ 'Content-Type': 'application/json', 'Content-Length': '99999999999999999999' }, '{}'],
        [{ 'Content-Type': 'application/json', 'Content-Length': '1e3' }, '{}'],
        [{ ...json(2), 'Transfer-Encoding': 'chunked' }, '2\r\n{}\r\n0\r\n\r\n'],
        [chunked, 'ffffffffffffffffff\r\n{}\r\n0\r\n\r\n'],
        [chunked, '-2\r\n{}\r\n0\r\n\r\n'],
        [chunked, 'zz\r\n{}\r\n'],
        [chunked, '2;ext=x\r\n{}\r\n0\r\nTrailer: x\r\n\r\n'],
        [chunked, '1\r\n \r\n'.repeat(5_000)],
      ];
      return (calledOff) =>
        ground.loops(4, calledOff, async (n) => {
          const socket = await RawSocket.open(ground);
          const [headers, body] = lies[n % lies.length] ?? [{}, ''];
          socket.send('POST', path, headers, body);
          const status = await socket.status(1_000);
          if (status === null) ground.tally.did('cut or unanswered');
          else ground.tally.answered(status, `${JSON.stringify(headers)} ${body.slice(0, 40)}`);
          // One hangs up in good order, the next by a reset, in the middle of a body.
          if (n % 2 === 0) socket.close();
          else socket.reset();
        });
    },
  },
  {
    name: 'tiny-chunks',
    proof: { '200': 1 },
    async prepare(ground) {
      const job = await ground.job();
      const token = await ground.token(job, 'report');
      const chunked = { 'Content-Type': 'application/json', 'Transfer-Encoding': 'chunked' };
      const parts = { ...chunked, 'Content-Type': 'multipart/form-data; boundary=b' };
      // A byte is six on the wire, and what a careless reader keeps of it 4 KiB.
      const tiny = (text: string) => text.replace(/./gs, (byte) => `1\r\n${byte}\r\n`);
      const padding = ' '.repeat(8_000);
      const json = `${tiny(`{"processed_items": 1${padding}}`)}0\r\n\r\n`;
      const form = tiny(`--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n${padding}\r\n--b--\r\n`);
      return (calledOff) =>
        ground.loops(4, calledOff, async (n) => {
          const socket = await RawSocket.open(ground);
          if (n % 2 === 0) socket.send('POST', `/api/jobs/${job}/progress`, chunked, json);
          else socket.send('POST', `/r/${token}`, parts, `${form}0\r\n\r\n`);
          const status = await socket.status(30_000);
          if (status === null) ground.tally.did('cut or unanswered');
          else ground.tally.answered(status, 'a body of tiny chunks');
          socket.close();
        });
    },
  },
  {
    name: 'large-bodies',
    proof: { '413': 5 },
    async prepare(ground) {
      const job = await ground.job();
      const paths = [
        `/api/jobs/${job}/progress`,
        `/api/jobs/${job}/progress/batch`,
        '/api/jobs/',
        '/api/webhooks',
      ];
      const texts = [1_100, 2_000, 7_900].map((kib) => JSON.stringify({ message: 'x'.repeat(kib * KIB) }));
      const { url, headers } = ground.target;
      return (calledOff) =>
        ground.loops(2, calledOff, async (n) => {
          const path = paths[n % paths.length];
          const body = texts[n % texts.length] as string;
          const what = `${body.length >> 10} KiB to ${path?.replace(job, '…')}`;
          try {
            const answer = await fetch(url + path, {
              ...{ method: 'POST', body, signal: AbortSignal.timeout(30_000) },
              headers: { ...headers, 'Content-Type': 'application/json' },
            });
            await answer.arrayBuffer();
            ground.tally.answered(answer.status, what);
            if (answer.status !== 413) ground.tally.fault(`${what} were answered ${answer.status}, not 413`);
          } catch (cause) {
            ground.tally.fault(`${what}: no answer, ${(cause as Error).cause ?? cause}`);
          }
        });
    },
  },
];
