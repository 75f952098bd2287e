/** Bodies, headers and queries that are within their size and cost what they can. */
import type { Attack } from '../attack.ts';

/** What a report may be. */
const SIZE = 255 * 1_024;

const fill = (part: (n: number) => string, length: number) => {
  const parts: string[] = [];
  for (let n = 0, sum = 0; sum < length; n++) {
    const text = part(n);
    parts.push(text);
    sum += text.length + 1;
  }
  return parts.join(',');
};

/** Bodies of a report. */
const JSONS = [
  '['.repeat(SIZE),
  `${'{"a":'.repeat(SIZE / 6)}1${'}'.repeat(SIZE / 6)}`,
  `{"metadata_patch":${'{"a":'.repeat(30)}{${fill((n) => `"k${n}":1`, 60_000)}}${'}'.repeat(31)}`,
  `{${fill((n) => `"k${n}":${n}`, SIZE - 100)}}`,
  `{${fill(() => '"processed_items":1', SIZE - 100)}}`,
  `{"processed_items":${'9'.repeat(SIZE - 100)}}`,
  `{"processed_items":1e${'9'.repeat(1_000)}}`,
  `{"result":[${fill((n) => `1.${String(n).repeat(60)}`, 60_000)}]}`,
  `{"result":[${fill(() => '1e-400', 60_000)}]}`,
  `{"metadata_patch":{${fill((n) => `"__proto__${n % 3 === 0 ? '' : n}":{"constructor":{"prototype":${n}}}`, 60_000)}}}`,
  `{"message":"${'\\ud800'.repeat(SIZE / 7)}"}`,
  `{"message":"${'\\u0000'.repeat(SIZE / 7)}"}`,
  `{"logs":[${fill(() => `{"level":"${'w'.repeat(100)}","message":"m","timestamp":"${'2'.repeat(100)}"}`, SIZE - 1_000)}]}`,
  `{"logs":[${fill(() => '{"level":"info","message":"m","timestamp":"2026-01-01T00:00:00.000000000000000000000000000001x"}', SIZE - 1_000)}]}`,
  `{"errors":[${fill(() => '{}', SIZE - 100)}]}`,
  `{"errors":[${fill(() => '{"mesage":"m","entity_kei":"k","eror_type":"t"}', SIZE - 100)}],"mark_completed":true,"processed_items":"x"}`,
  `{${fill((n) => `"processed_item${n}":1`, SIZE - 100)},"nothing_marked":1}`,
  `{"message":"${'a'.repeat(SIZE - 100)}`,
  `{"message":"${'\\"'.repeat(SIZE / 2 - 10)}`,
  `${'['.repeat(SIZE / 2)}${']'.repeat(SIZE / 2)}x`,
  `{"result":[${fill(() => '1.10', 60_000)}]}`,
  `${' '.repeat(SIZE - 10)}{}`,
  `[${fill(() => 'NaN', SIZE - 100)}]`,
  `{"reports":[${fill(() => '{}', SIZE - 100)}]}`,
];

/** Texts that make a careless pattern go back and forth. */
const TEXTS = [
  'a'.repeat(8_000),
  ' '.repeat(8_000),
  `${'1'.repeat(4_000)}/${'1'.repeat(4_000)}`,
  `${'-'.repeat(8_000)}!`,
  `2026-01-01T${'0'.repeat(8_000)}Z`,
  `${'a,'.repeat(4_000)}`,
  `${'"a" '.repeat(2_000)}`,
  `${'\t '.repeat(4_000)}x`,
  `eyJ${'A'.repeat(8_000)}`,
  `${'%F0%9F'.repeat(1_300)}`,
];

export const HOSTILE_TEXTS: Attack[] = [
  {
    name: 'hostile-json',
    proof: { '400': 2, '422': 5 },
    async prepare(ground) {
      const job = await ground.job();
      const token = await ground.token(job, 'report');
      const hook = await ground.need('POST', '/api/hooks', {
        ...{ name: 'siege', verification: { scheme: 'token' } },
        mapping: {
          action: 'create',
          from: { 'metadata.a': '/a/b/c', 'metadata.b': '/result/0' },
          set: { job_type: 'import', total_items: 1 },
        },
      });
      const hookPath = new URL(hook.url, ground.target.url).pathname;
      const paths = [
        `/api/jobs/${job}/progress`,
        `/api/jobs/${job}/progress/batch`,
        '/api/jobs/',
        `/r/${token}`,
        hookPath,
        '/api/hooks',
      ];
      return (calledOff) =>
        ground.loops(2, calledOff, (n) => {
          const body = JSONS[n % JSONS.length] ?? '';
          return ground.ask('POST', paths[Math.floor(n / JSONS.length) % paths.length] ?? '', { body });
        });
    },
  },
  {
    name: 'hostile-texts',
    proof: { '400': 5, '401': 2, '422': 1 },
    async prepare(ground) {
      const job = await ground.job();
      const token = await ground.token(job, 'report');
      const tags = Array.from({ length: 10_000 }, (_, n) => `"a-${n + 100}"`).join(', ');
      const job_ = `/api/jobs/${job}`;
      const headers = [
        'Idempotency-Key',
        'If-None-Match',
        'Accept',
        'Prefer',
        'X-Organization-ID',
        'Content-Type',
        'Cookie',
        'Origin',
      ];
      return (calledOff) =>
        ground.loops(4, calledOff, (n) => {
          const text = TEXTS[n % TEXTS.length] ?? '';
          const quoted = encodeURIComponent(text);
          const header = headers[Math.floor(n / 10) % headers.length] ?? '';
          const asks = [
            () => ground.ask('GET', job_, { headers: { 'If-None-Match': tags } }),
            () => ground.ask('GET', '/api/jobs/', { headers: { 'If-None-Match': tags } }),
            () => ground.ask('POST', `${job_}/progress`, { body: {}, headers: { [header]: text } }),
            () => ground.ask('GET', job_, { headers: { [header]: text } }),
            () => ground.ask('GET', '/api/jobs/', { credential: text }),
            () => ground.ask('GET', `/api/jobs/?cursor=${quoted}`),
            () => ground.ask('GET', `/api/jobs/?created_after=${quoted}&tag=${quoted}`),
            () => ground.ask('GET', `/api/events?after=${quoted}`),
            () => ground.ask('GET', `${job_}/logs?since=${quoted}&cursor=${quoted}`),
            () => ground.ask('GET', `/api/jobs/${quoted}`),
            () =>
              ground.ask('POST', `/r/${token}`, { body: text, headers: { 'Content-Type': 'text/plain' } }),
            () =>
              ground.ask('POST', `/r/${token}`, {
                body: text.repeat(30),
                headers: { 'Content-Type': 'text/plain; charset="x"' },
              }),
            () => ground.ask('GET', `/r/${quoted}`, { credential: null }),
          ];
          return (asks[n % asks.length] ?? (asks[0] as () => Promise<unknown>))();
        });
    },
  },
  {
    name: 'hostile-frames',
    proof: { answers: 5 },
    async prepare(ground) {
      const job = await ground.job();
      const { url, headers } = ground.target;
      const frames = [
        ...JSONS.map((json) => `{"id":1,"report":${json}}`),
        'x'.repeat(2_000_000),
        '{}',
        '[]',
        '0',
        '',
      ];
      return (calledOff) =>
        ground.loops(2, calledOff, async (n) => {
          const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/api/jobs/${job}/socket`, { headers });
          await new Promise<void>((resolve) => {
            let sent = 0;
            const timer = setTimeout(() => socket.close(), 2_000);
            socket.onopen = () => {
              for (; sent < 4; sent++) socket.send(frames[(n * 4 + sent) % frames.length] ?? '');
            };
            socket.onmessage = ({ data }) => {
              const told = String(data).slice(0, 300);
              if (/"internal"/.test(told)) ground.tally.fault(`a frame: ${told}`);
              if (!/^\{"type":"(acks|error)"/.test(told)) return;
              ground.tally.did('answers');
              sent -= 1;
              if (sent === 0) socket.close();
            };
            socket.onclose = ({ code }) => {
              clearTimeout(timer);
              ground.tally.did(`closed with ${code}`);
              resolve();
            };
          });
        });
    },
  },
];
