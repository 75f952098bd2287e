/** The service that is fuzzed: `workerd serve` on a folder of its own, whose webhooks lead to this process and nowhere else. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { bundleFor, startService } from '../../dev/service.ts';
import { Footprints } from './footprint.ts';
import { Heap } from './heap.ts';

/** What the platform gives an isolate (MiB). */
const HEAP = 128;

export interface Fuzzed {
  url: string;
  adminToken: string;
  /** What nobody but the operator may ever see. */
  secrets: string[];
  /** Where webhooks lead. */
  receiver: string;
  memory: Footprints;
  /** Bugs that the service has noted, each once. */
  errors(): Promise<string[]>;
  stop(): Promise<void>;
}

export async function startFuzzed(folder: string): Promise<Fuzzed> {
  const receiver = createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(204).end());
  });
  await once(receiver.listen(0, '127.0.0.1'), 'listening');
  const host = `127.0.0.1:${(receiver.address() as AddressInfo).port}`;
  const [adminToken, rootSecret] = [randomBytes(32).toString('hex'), randomBytes(32).toString('hex')];
  const bundleDir = await bundleFor(join(folder, 'bundle'));
  const logFile = join(folder, 'service.log');
  const log = openSync(logFile, 'a');
  const service = await startService({
    ...{ dataDir: join(folder, 'data'), bundleDir, output: log },
    bindings: {
      ...{ ROOT_SECRET: rootSecret, ADMIN_TOKEN: adminToken },
      ...{ WEBHOOK_HOSTS: host, LOG_SAMPLE: '1' },
    },
    v8Flags: [`--max-heap-size=${HEAP}`],
    inspected: true,
  });
  const wake = () => fetch(`${service.url}/healthz`).then((response) => response.text());
  const heap = await Heap.open(await service.inspectorPort, 'headway', wake);
  const memory = new Footprints(service.pid, heap);
  return {
    ...{ url: service.url, adminToken, secrets: [adminToken, rootSecret], receiver: `http://${host}` },
    memory,
    async errors() {
      const lines = (await readFile(logFile, 'utf8')).split('\n');
      return [...new Set(lines.filter((line) => line.includes('"level":"error"')))];
    },
    async stop() {
      memory.stop();
      await service.stop();
      closeSync(log);
      receiver.closeAllConnections();
      receiver.close();
    },
  };
}
