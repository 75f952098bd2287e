/** What no client sends, over bare sockets. */
import type { Attack } from '../attack.ts';
import { RawSocket } from '../raw-socket.ts';

const flood = (count: number, line: (n: number) => string) =>
  Array.from({ length: count }, (_, n) => line(n)).join('');

/** Hosts that are no `host[:port]`. */
const BAD_HOSTS = [
  '',
  'a b',
  'a/b',
  'user@host',
  'host:port',
  'host:99999',
  '[::1',
  'a,b',
  'a\\b',
  'a?b',
  'a#b',
  '%00',
  '<a>',
];

/** Heads are as long as a proxy lets them be. Longer ones are refused by the runtime, or cost it more than they should (ADR 22). */
const ODD: [name: string, text: (host: string) => string][] = [
  ['CONNECT', (host) => `CONNECT ${host} HTTP/1.1\r\nHost: ${host}\r\n\r\n`],
  ['CONNECT elsewhere', (host) => `CONNECT 127.0.0.1:1 HTTP/1.1\r\nHost: ${host}\r\n\r\n`],
  ['TRACE', (host) => `TRACE /api/jobs HTTP/1.1\r\nHost: ${host}\r\n\r\n`],
  ['TRACK', (host) => `TRACK / HTTP/1.1\r\nHost: ${host}\r\n\r\n`],
  ['OPTIONS *', (host) => `OPTIONS * HTTP/1.1\r\nHost: ${host}\r\n\r\n`],
  ['PROPFIND', (host) => `PROPFIND / HTTP/1.1\r\nHost: ${host}\r\n\r\n`],
  ['an unknown method', (host) => `EXPLODE / HTTP/1.1\r\nHost: ${host}\r\n\r\n`],
  ['no host', () => 'GET /healthz HTTP/1.1\r\n\r\n'],
  ['two hosts', (host) => `GET /healthz HTTP/1.1\r\nHost: ${host}\r\nHost: other\r\n\r\n`],
  ['an absolute target', (host) => `GET http://other/healthz HTTP/1.1\r\nHost: ${host}\r\n\r\n`],
  ['HTTP/1.0', () => 'GET /healthz HTTP/1.0\r\n\r\n'],
  ['HTTP/2 at once', () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['HTTP/9', (host) => `GET / HTTP/9.9\r\nHost: ${host}\r\n\r\n`],
  ['no HTTP', () => '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\r\n\r\n'],
  ['a bad target', (host) => `GET /%zz%00%ff/../..//\\ HTTP/1.1\r\nHost: ${host}\r\n\r\n`],
  ['a target of 200 KB', (host) => `GET /${'a/'.repeat(100_000)} HTTP/1.1\r\nHost: ${host}\r\n\r\n`],
  [
    'a header of 200 KB',
    (host) => `GET /healthz HTTP/1.1\r\nHost: ${host}\r\nX: ${'x'.repeat(200_000)}\r\n\r\n`,
  ],
  [
    '5,000 headers',
    (host) => `GET /healthz HTTP/1.1\r\nHost: ${host}\r\n${flood(5_000, (n) => `X-${n}: ${n}\r\n`)}\r\n`,
  ],
  [
    '20,000 headers',
    (host) => `GET /healthz HTTP/1.1\r\nHost: ${host}\r\n${flood(20_000, (n) => `X-${n}: ${n}\r\n`)}\r\n`,
  ],
  [
    '1,200 of one header',
    (host) =>
      `GET /api/jobs HTTP/1.1\r\nHost: ${host}\r\n${flood(1_200, () => 'Authorization: Bearer x\r\n')}\r\n`,
  ],
  ['a header without end', (host) => `GET /healthz HTTP/1.1\r\nHost: ${host}\r\nX: x`],
  ['a header without a name', (host) => `GET /healthz HTTP/1.1\r\nHost: ${host}\r\n: x\r\n\r\n`],
  ['a folded header', (host) => `GET /healthz HTTP/1.1\r\nHost: ${host}\r\nX: a\r\n b\r\n\r\n`],
  ['a bare line feed', (host) => `GET /healthz HTTP/1.1\nHost: ${host}\n\n`],
  [
    'an odd upgrade',
    (host) =>
      `GET /api/events HTTP/1.1\r\nHost: ${host}\r\nUpgrade: h2c, websocket\r\nConnection: Upgrade\r\n\r\n`,
  ],
  [
    'a body that waits to be asked for',
    (host) =>
      `POST /api/jobs HTTP/1.1\r\nHost: ${host}\r\nExpect: 100-continue\r\nContent-Length: 10\r\n\r\n`,
  ],
];

export const ODD_REQUESTS: Attack[] = [
  {
    name: 'odd-requests',
    proof: { '400': 20, '404': 1, '414': 1, '431': 1, '500 of the runtime': 1 },
    async prepare(ground) {
      const { host } = new URL(ground.target.url);
      return (calledOff) =>
        ground.loops(6, calledOff, async (n) => {
          const hostile = n % 2 === 0;
          const bad = BAD_HOSTS[(n >> 1) % BAD_HOSTS.length] ?? '';
          const [name, text] = ODD[(n >> 1) % ODD.length] ?? ['', () => ''];
          const socket = await RawSocket.open(ground);
          if (hostile) socket.send('GET', '/api/jobs', { Host: bad });
          else socket.write(text(host));
          const status = await socket.status(1_000);
          const what = hostile ? `Host: ${bad}` : name;
          if (status === null) ground.tally.did('cut or unanswered');
          // workerd answers it before any code of the service (ADR 20).
          else if (status === 500 && what.startsWith('CONNECT')) ground.tally.did('500 of the runtime');
          else ground.tally.answered(status, what);
          if (hostile && status !== null && status < 400) {
            ground.tally.fault(`${what} was answered ${status}`);
          }
          socket.close();
        });
    },
  },
  {
    name: 'pipelining',
    proof: { '200': 10 },
    async prepare(ground) {
      const job = await ground.job();
      const body = '{"processed_items": 1}';
      const report = { 'Content-Type': 'application/json', 'Content-Length': String(body.length) };
      return (calledOff) =>
        ground.loops(8, calledOff, async () => {
          const socket = await RawSocket.open(ground);
          for (let n = 0; n < 100; n++) {
            socket.send('GET', `/api/jobs/${job}`);
            socket.send('POST', `/api/jobs/${job}/progress`, report, body);
          }
          const status = await socket.status(10_000);
          if (status !== null) ground.tally.answered(status, 'the first of many');
          // Most of what was asked for is never read.
          socket.reset();
        });
    },
  },
];
