/** Exports as programs read them: Python's csv module, curl, and a reader whose service is killed under it. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { Live } from './live.ts';

const JOBS = 100;
/** Texts that a spreadsheet or a careless parser would take for something else. */
const TEXTS = [
  '=HYPERLINK("http://x")',
  '+1',
  '-1',
  '@A1',
  '\tx',
  '\rx',
  'a,b\r\n"c"',
  '#end,1,',
  "'quoted'",
  'ünïcödé —',
];
const LONG = '—'.repeat(200);
const TAGS = Array.from({ length: 10 }, (_, n) => `${n}${'—'.repeat(127)}`);

const PYTHON = `
import csv, json, sys
rows = list(csv.reader(sys.stdin))
names, jobs, end = rows[0], rows[1:-1], rows[-1]
json.dump({"names": names, "jobs": [dict(zip(names, row)) for row in jobs], "end": end,
           "widths": sorted({len(row) for row in rows})}, sys.stdout)
`;

let live: Live;
before(async () => {
  live = await Live.start();
  const { client } = live;
  let n = 0;
  const worker = async () => {
    while (n < JOBS) {
      const name = TEXTS[n++ % TEXTS.length] as string;
      const id = await client.createJob({ name, tags: TAGS, triggered_by: LONG });
      const errors = TAGS.map((tag) => ({ entity_key: '1', error_type: tag + LONG, message: LONG }));
      await client.report(id, { message: LONG.repeat(3), stage: LONG, processed_items: n % 10, errors });
    }
  };
  await Promise.all(Array.from({ length: 16 }, worker));
});
after(() => live?.stop());

const address = (query: string) => `${live.client.url}/api/jobs/export${query}`;
const authorization = () => ({ Authorization: `Bearer ${live.client.apiKey}` });

test('Python’s csv module reads what curl has fetched: every text as it is, or with the mark of no formula', async () => {
  const { apiKey } = live.client;
  const curl = spawn('curl', ['-sSf', '-H', `Authorization: Bearer ${apiKey}`, address('?format=csv')]);
  const python = spawn('python3', ['-c', PYTHON], { stdio: ['pipe', 'pipe', 'inherit'] });
  curl.stdout.pipe(python.stdin);
  const { names, jobs, end, widths } = JSON.parse(await text(python.stdout));
  assert.deepEqual(widths, [names.length]);
  assert.deepEqual(end.slice(0, 3), ['#end', String(JOBS), '']);
  const listed = new Map<string, Record<string, unknown>>();
  for (let cursor = ''; ; ) {
    const { json } = await live.client.get(`/api/jobs?limit=100${cursor}`);
    for (const job of json.jobs) listed.set(job.job_id, job);
    if (json.next_cursor === null) break;
    cursor = `&cursor=${encodeURIComponent(json.next_cursor)}`;
  }
  assert.deepEqual(
    jobs.map((job: { job_id: string }) => job.job_id),
    [...listed.keys()],
  );
  for (const row of jobs) {
    const job = listed.get(row.job_id) ?? {};
    for (const name of names) {
      const value = job[name];
      const plain = typeof value === 'string' ? value : value === null ? '' : JSON.stringify(value);
      const marked = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : plain;
      assert.equal(row[name], marked, name);
    }
  }
});

/** Takes little at a time, so that what the service has written is not what has come; then, once told to, all that comes. */
const SLOW = `
import json, os, socket, sys
from urllib.parse import urlsplit
url = urlsplit(os.environ["URL"])
sock = socket.socket()
sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
sock.connect((url.hostname, url.port))
head = f"GET {url.path} HTTP/1.1\\r\\nHost: {url.netloc}\\r\\nAuthorization: Bearer {os.environ['KEY']}\\r\\n\\r\\n"
sock.sendall(head.encode())
came = sock.recv(2048)
print("first", flush=True)
sys.stdin.readline()
try:
    while True:
        more = sock.recv(65536)
        if not more: break
        came += more
except ConnectionError: pass
print(json.dumps({"chunked": b"chunked" in came, "length": b"ontent-Length" in came, "bytes": len(came),
                  "whole": came.endswith(b"0\\r\\n\\r\\n"), "end": b'{"end":' in came}))
`;

test('a reader whose service is killed has no end, neither of the export nor of its body; the next export is whole', async () => {
  const env = { ...process.env, URL: address(''), KEY: live.client.apiKey };
  const slow = spawn('python3', ['-c', SLOW], { env, stdio: ['pipe', 'pipe', 'inherit'] });
  const said = text(slow.stdout);
  await once(slow.stdout, 'data');
  await live.crash();
  slow.stdin.end('go on\n');
  const { bytes, ...came } = JSON.parse((await said).split('\n')[1] as string);
  const whole = await (await fetch(address(''), { headers: authorization() })).text();
  assert.ok(whole.endsWith(`\n{"end":{"jobs":${JOBS},"next_cursor":null}}\n`));
  assert.ok(bytes < whole.length, `${bytes} of ${whole.length}`);
  assert.deepEqual(came, { chunked: true, length: false, whole: false, end: false });
});
