/**
 * `npm run demo:feed`: the whole loop on this machine, as it happens: a partner's webhook, a job, a signed webhook to a
 * worker, its reports, a signed webhook to whoever waits. It starts a service of its own and leaves nothing behind.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Headway, Operator } from '../src/client/index.ts';
import { commandOptions, runCommand } from './command-line.ts';
import { playLoop } from './demo-feed/loop.ts';
import { Story } from './demo-feed/story.ts';
import { ALLOW_PRIVATE } from './dev-vars.ts';
import { bundleFor, startService } from './service.ts';

await runCommand(async () => {
  commandOptions({});
  const folder = await mkdtemp(join(tmpdir(), 'headway-demo-feed-'));
  try {
    const bundleDir = await bundleFor(join(folder, 'bundle'));
    const [ROOT_SECRET, ADMIN_TOKEN] = [randomSecret(), randomSecret()];
    const service = await startService({
      ...{ dataDir: join(folder, 'data'), bundleDir },
      bindings: { ROOT_SECRET, ADMIN_TOKEN, [ALLOW_PRIVATE]: '1' },
    });
    try {
      const story = new Story(process.stdout);
      await playLoop(await newcomer(service.url, ADMIN_TOKEN), story);
      story.end('Push, job, work and word of it');
    } finally {
      await service.stop();
    }
    return 0;
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
});

/** An organization of its own, by a key that may do all the demo does. */
async function newcomer(url: string, adminToken: string): Promise<Headway> {
  const { organizations } = new Operator({ url, adminToken });
  const { organization_id } = await organizations.create({ organization_id: 'demo', name: 'Demo' });
  const { api_key } = await organizations.keys(organization_id).create({
    name: 'demo',
    permissions: ['job:create', 'job:read', 'webhook:manage'],
  });
  return new Headway({ url, apiKey: api_key });
}

function randomSecret(): string {
  return randomBytes(32).toString('base64url');
}
