/** A worker whose process ends before its job does, in the way that its argument names. */
import { once } from 'node:events';
import { Headway } from '../../../src/client/index.ts';

const [, , how = ''] = process.argv;
/** In these something is thrown that nobody catches: `throw` has no handler for that either. */
const THROWN = ['throw', 'outlived', 'captured', 'written down'];
const headway = Headway.fromEnv({ onTrouble: () => {} });
const job = await headway.create({ job_type: 'import', total_items: 100 });
job.report({ processed_delta: 1 });
await job.flush();
process.stdout.write(`${job.id}\n`);
await once(process.stdin, 'data');
process.stdin.unref();
job.report({ processed_delta: 41 });
if (THROWN.includes(how)) {
  setImmediate(() => {
    throw new Error('the disk is full');
  });
}
switch (how) {
  case 'exit':
    process.exit(3);
    break;
  case 'under way':
    job.report({ stage: 'writing' });
    // Long enough for the request to begin.
    setTimeout(() => {}, 100);
    break;
  case 'begun':
    headway.begin({ job_type: 'import', total_items: 1 }).report({ processed_delta: 1 });
    break;
  case 'outlived':
    process.on('uncaughtException', () => {});
    setTimeout(() => job.complete(), 100);
    break;
  case 'captured':
    process.setUncaughtExceptionCaptureCallback(() => {});
    setTimeout(() => job.complete(), 100);
    break;
  case 'written down':
    process.on('uncaughtException', () => setImmediate(() => process.exit(1)));
    break;
  case 'signal':
    setInterval(() => {}, 1_000);
    process.kill(process.pid, 'SIGTERM');
    break;
}
