/** A process that ends before its job does: its last words arrive where the service is there, and it is held up no longer than 2 s. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ChaosProxy } from '../chaos-proxy.ts';
import { live } from '../service.ts';

const WORKER = fileURLToPath(new URL('./ending-worker.ts', import.meta.url));
/** What a process is held up for, and what a machine under load takes to end one and start another (ms). */
const BOUND = 2_000 + 2_500;
/** How it ends, and with what reason its job has failed; null where the job completes first. */
const ENDS = {
  exit: { code: 3, signal: null, said: /exit code 3/ },
  throw: { code: 1, signal: null, said: /^Error: the disk is full\n\s+at / },
  signal: { code: null, signal: 'SIGTERM', said: /SIGTERM/ },
  outlived: { code: 0, signal: null, said: null },
  captured: { code: 0, signal: null, said: null },
  'written down': { code: 1, signal: null, said: /exit code 1 .*, after Error: the disk is full\n/ },
  'under way': { code: 0, signal: null, said: /ended before its job/ },
  begun: { code: 0, signal: null, said: /ended before its job/ },
  nothing: { code: 0, signal: null, said: /ended before its job/ },
} as const;

const proxy = await ChaosProxy.before(live.client.url, 0);
after(() => proxy.stop());

async function endBy(how: keyof typeof ENDS, line: ChaosProxy['line']) {
  proxy.line = 'through';
  const env = { ...process.env, HEADWAY_URL: proxy.url, HEADWAY_API_KEY: live.client.apiKey };
  const child = spawn(process.execPath, [WORKER, how], { env, stdio: ['pipe', 'pipe', 'pipe'] });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint += text;
  });
  const closed = once(child, 'close');
  const [chunk] = await Promise.race([
    once(child.stdout, 'data'),
    closed.then(() => assert.fail(`it ended at once: ${complaint}`)),
  ]);
  proxy.line = line;
  const began = performance.now();
  child.stdin.write('go\n');
  const [code, signal] = await closed;
  return { jobId: String(chunk).trim(), code, signal, took: performance.now() - began };
}

for (const [how, { code, signal, said }] of Object.entries(ENDS)) {
  test(`${how}: what was said last arrives, and how the job ended`, async () => {
    const ended = await endBy(how as keyof typeof ENDS, 'through');
    assert.deepEqual([ended.code, ended.signal], [code, signal]);
    const job = await live.client.job(ended.jobId);
    assert.deepEqual([job.status, job.processed_items], [said === null ? 'completed' : 'failed', 42]);
    if (said !== null) assert.match(job.error_message, said);
  });
  for (const line of ['away', 'silent'] as const) {
    test(`${how}, the service ${line}: the process ends as it would, 2 s later at most`, async () => {
      const ended = await endBy(how as keyof typeof ENDS, line);
      assert.deepEqual([ended.code, ended.signal], [code, signal]);
      assert.ok(ended.took < BOUND, `${ended.took} ms`);
    });
  }
}
