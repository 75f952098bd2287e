/** Where what is written goes nowhere, or the service is no service: how commands end, and what they say. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { test } from 'node:test';
import { addressOf } from '../../src/cli/settings.ts';
import { environment, follow, headway, live, newest, place, TOOL, newType as type } from './tool.ts';

/** Runs a line of bash in which `headway` stands for the command line. */
function bash(line: string, env: Record<string, string | undefined> = {}) {
  const script = `headway() { '${process.execPath}' '${TOOL}' "$@"; }; ${line}`;
  return follow(
    spawn('bash', ['-c', script], {
      ...{ cwd: place.folder, env: environment(env), stdio: ['ignore', 'pipe', 'pipe'] },
    }),
  );
}

test('whoever reads no more ends a command that goes on, as any program of a pipe', async () => {
  const own = `piped-${randomUUID()}`;
  const id = await live.client.createJob({ job_type: own });
  for (const line of [
    `headway events -f --after "" --type ${own}`,
    `headway logs -f ${id}`,
    `headway watch -o jsonl ${id}`,
  ]) {
    const running = bash(`${line} | head -n 1; echo "\${PIPESTATUS[0]}"`);
    let ended = false;
    running.ended.then(() => {
      ended = true;
    });
    for (let n = 0; !ended; n++) {
      await live.client.report(id, { stage: `stage ${n % 2}`, message: `line ${n}` });
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const { stdout, stderr } = await running.ended;
    assert.match(stdout, /^[^\n]+\n141\n$/, line);
    assert.equal(stderr, '');
  }
});

test('what can’t be written is no success: a full disk, of a list and of a command that runs', async () => {
  const list = await bash('headway jobs >/dev/full').ended;
  assert.equal(list.code, 1);
  assert.match(list.stderr, /^headway: what is found can’t be written: .*ENOSPC.*\n$/);
  const own = type();
  const short = await bash(`headway run --type ${own} -- echo lost >/dev/full`).ended;
  assert.equal(short.code, 1);
  assert.match(short.stderr, /^headway: what the command writes can’t be passed on: .*ENOSPC.*\n$/);
  const job = await newest(own);
  assert.deepEqual([job.status, job.error_message], ['failed', 'what it wrote could not be passed on\nlost']);
  const long = await bash(`headway run --type ${type()} -- yes >/dev/full`).ended;
  assert.ok([1, 141].includes(long.code ?? 0), `${long.code}`);
});

test('an address or a key that can be none is a line that shows no key, and one with a line’s end is good', async () => {
  const { url, apiKey } = live.client;
  for (const HEADWAY_URL of ['localhost:8787', 'nonsense', 'http://']) {
    const { code, stderr } = await headway(['jobs'], { HEADWAY_URL });
    assert.deepEqual(
      [code, stderr],
      [2, `headway: ${JSON.stringify(HEADWAY_URL)} is no address of a service: https://host[:port]\n`],
    );
  }
  for (const key of [`${apiKey} x`, `${apiKey}\r\nX-More: 1`, `${apiKey}€`]) {
    const { code, stderr } = await headway(['jobs'], { HEADWAY_API_KEY: key });
    assert.deepEqual(
      [code, stderr],
      [2, 'headway: the key holds a character that no key has, a space say\n'],
    );
  }
  const ended = await headway(['jobs'], { HEADWAY_URL: `${url}\n`, HEADWAY_API_KEY: `${apiKey}\r\n` });
  assert.deepEqual([ended.code, ended.stderr], [0, '']);
  assert.equal(addressOf('localhost:8787'), 'http://localhost:8787');
  assert.equal(addressOf('127.0.0.1:8787/ui/'), 'http://127.0.0.1:8787');
  assert.equal(addressOf('[::1]:8787'), 'http://[::1]:8787');
  assert.equal(addressOf('localhost.example'), 'https://localhost.example');
});

test('a key that can be none is not shown by login either, and nothing is asked', async () => {
  const { code, stdout, stderr } = await bash(
    `printf 'hw_first\nhw_second\n' | headway login ${live.client.url}`,
  ).ended;
  assert.deepEqual(
    [code, stdout, stderr],
    [2, '', 'headway: the key holds a character that no key has, a space say\n'],
  );
});

test('of a service that is away it is said where it was sought; of a field that is wrong, once what is', async () => {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  const away = await headway(['jobs'], { HEADWAY_URL: `http://127.0.0.1:${port}` });
  assert.equal(away.code, 1);
  assert.match(
    away.stderr,
    new RegExp(`^headway: GET /api/jobs: network: fetch failed: .*ECONNREFUSED 127\\.0\\.0\\.1:${port}\\n$`),
  );
  const wrong = await headway(['jobs', '--since', 'yesterday']);
  assert.equal(wrong.code, 1);
  assert.equal(wrong.stderr.split('must be a time').length, 2, wrong.stderr);
});
