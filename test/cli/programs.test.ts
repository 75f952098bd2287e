/** Real programs under `headway run`: their progress arrives, and they notice nothing. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { headway, newest, type Outcome, place } from './tool.ts';

const MIB = 1_048_576;
/** How long a download takes (ms), in so many pieces. */
const LONG = 2_600;
const PIECES = 26;
const WHEEL = 'prices-1.0-py3-none-any.whl';
const MAKE_WHEEL = `
import os, zipfile
with zipfile.ZipFile('${WHEEL}', 'w') as wheel:
    about = 'prices-1.0.dist-info/'
    wheel.writestr('prices/data', os.urandom(2_000_000))
    wheel.writestr(about + 'METADATA', 'Metadata-Version: 2.1\\nName: prices\\nVersion: 1.0\\n')
    wheel.writestr(about + 'WHEEL', 'Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')
    wheel.writestr(about + 'RECORD', '')
`;

/** A program, and how far its job is in the end. */
interface Program {
  script: string;
  ends: { processed_items?: number; total_items?: number; least?: number };
}

const PROGRAMS: Record<string, Program> = {
  tqdm: {
    script: `/usr/bin/python3 -c 'import time\nfrom tqdm import tqdm\nfor _ in tqdm(range(30), desc="Prices", mininterval=0): time.sleep(0.07)'`,
    ends: { processed_items: 30, total_items: 30 },
  },
  // Where there is no terminal pip draws its bar once.
  'pip download': {
    script: `PYTHONPATH=$(ls /usr/share/python-wheels/pip-*.whl) /usr/bin/python3 -m pip download --isolated --disable-pip-version-check --no-cache-dir --no-index --find-links "$FROM/" --dest wheels prices`,
    ends: { least: 100 },
  },
  'curl -#': { script: 'curl -# -o got "$FROM/file"', ends: { least: 100 } },
  'the meter of curl': { script: 'curl -o got2 "$FROM/file"', ends: { least: 100 } },
  pv: { script: 'pv -f -L 900k big >copy', ends: { least: 100 } },
  rsync: { script: 'rsync -a --info=progress2 --bwlimit=2000 files/ synced/', ends: { least: 99 } },
  'OSC 9;4': {
    script: `for n in 10 40 70 95; do printf '\\033]9;4;1;%s\\033\\\\' $n >&2; echo "   Compiling crate-$n" >&2; sleep 0.6; done`,
    ends: { processed_items: 95, total_items: 100 },
  },
};

let server: Server;
const outcomes = new Map<string, Promise<Outcome>>();
before(async () => {
  const bytes = Buffer.alloc(2 * MIB, 'x');
  await writeFile(place.path('big'), bytes);
  await mkdir(place.path('files'), { recursive: true });
  for (let n = 0; n < 20; n++) await writeFile(place.path('files', `f${n}`), bytes.subarray(0, 300_000));
  await promisify(execFile)('/usr/bin/python3', ['-c', MAKE_WHEEL], { cwd: place.folder });
  const wheel = await readFile(place.path(WHEEL));
  server = createServer((request, answer) => {
    if (request.url === '/')
      answer.setHeader('Content-Type', 'text/html').end(`<!doctype html><a href="${WHEEL}">${WHEEL}</a>`);
    else pour(request.url === '/file' ? bytes : wheel);
    function pour(all: Buffer): void {
      answer.writeHead(200, { 'Content-Length': all.length, 'Content-Type': 'application/octet-stream' });
      const size = Math.ceil(all.length / PIECES);
      let sent = 0;
      const timer = setInterval(() => {
        answer.write(all.subarray(sent, sent + size));
        sent += size;
        if (sent < all.length) return;
        clearInterval(timer);
        answer.end();
      }, LONG / PIECES);
    }
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const FROM = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  for (const [name, { script }] of Object.entries(PROGRAMS)) {
    outcomes.set(name, headway(['run', '--type', typeOf(name), '--', 'sh', '-c', script], { FROM }));
  }
});
after(() => server.close());

for (const [name, { ends }] of Object.entries(PROGRAMS)) {
  test(`${name}: its progress arrives`, async () => {
    const { code, stderr } = (await outcomes.get(name)) as Outcome;
    assert.equal(code, 0, stderr);
    const { status, processed_items, total_items } = await newest(typeOf(name));
    assert.equal(status, 'completed');
    const { least = 0, ...exactly } = ends;
    assert.ok((processed_items / total_items) * 100 >= least, `${processed_items}/${total_items}`);
    assert.deepEqual({ processed_items, total_items, ...exactly }, { processed_items, total_items });
  });
}

function typeOf(name: string): string {
  return `program-${name.replaceAll(/\W+/g, '-')}`;
}
