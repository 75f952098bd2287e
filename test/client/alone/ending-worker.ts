/** A worker whose process ends before its job does, in the way that its argument names. */
import { once } from 'node:events';
import { Headway } from '../../../src/client/index.ts';

const [, , how = ''] = process.argv;
const headway = Headway.fromEnv({ onTrouble: () => {} });
const job = await headway.create({ job_type: 'import', total_items: 100 });
job.report({ processed_delta: 1 });
await job.flush();
process.stdout.write(`${job.id}\n`);
await once(process.stdin, 'data');
process.stdin.unref();
job.report({ processed_delta: 41 });
switch (how) {
  case 'exit':
    process.exit(3);
    break;
  case 'throw':
    setImmediate(() => {
      throw new Error('the disk is full');
    });
    break;
  case 'signal':
    setInterval(() => {}, 1_000);
    process.kill(process.pid, 'SIGTERM');
    break;
}
