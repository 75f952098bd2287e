/** Records the examples of openapi.json anew, from a service that it starts; `npm run openapi` puts them in. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from './command-line.ts';
import { type Example, record } from './examples/record.ts';
import { PROJECT } from './home.ts';
import { bundleFor, startService } from './service.ts';

/** Records a day of a new service, in a folder of its own. */
export async function recordDay(): Promise<Record<string, Example>> {
  const folder = await mkdtemp(join(tmpdir(), 'headway-day-'));
  const adminToken = randomBytes(32).toString('hex');
  const receiver = createServer((request, response) => void request.resume().on('end', () => response.end()));
  await once(receiver.listen(0, '127.0.0.1'), 'listening');
  const bundleDir = await bundleFor(join(folder, 'bundle'));
  const service = await startService({
    dataDir: join(folder, 'data'),
    bundleDir,
    bindings: {
      ...{ ROOT_SECRET: randomBytes(32).toString('hex'), ADMIN_TOKEN: adminToken },
      ALLOW_PRIVATE_WEBHOOKS: '1',
    },
  });
  try {
    const document = JSON.parse(await readFile(join(PROJECT, 'openapi.json'), 'utf8'));
    const to = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
    return await record(document, { url: service.url, adminToken, receiver: to, folder });
  } finally {
    await service.kill();
    receiver.close();
    await rm(folder, { recursive: true, force: true });
  }
}

if (import.meta.main) {
  await runCommand(async () => {
    const file = join(PROJECT, 'dev', 'examples', 'recorded.json');
    await writeFile(file, `${JSON.stringify(await recordDay(), null, 2)}\n`);
    return 0;
  });
}
