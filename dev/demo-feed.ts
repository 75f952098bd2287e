/**
 * `npm run demo:feed`: the whole loop on this machine, as it happens: a partner's webhook, a job, a signed webhook to a
 * worker, its reports, a signed webhook to whoever waits. It starts a service of its own and leaves nothing behind.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandOptions, runCommand } from './command-line.ts';
import { Api } from './demo-feed/api.ts';
import { playLoop } from './demo-feed/loop.ts';
import { Story } from './demo-feed/story.ts';
import { ALLOW_PRIVATE } from './dev-vars.ts';
import { buildBundle, startService } from './service.ts';

await runCommand(async () => {
  commandOptions({});
  const folder = await mkdtemp(join(tmpdir(), 'headway-demo-feed-'));
  try {
    const bundleDir = join(folder, 'bundle');
    await buildBundle(bundleDir);
    const [ROOT_SECRET, ADMIN_TOKEN] = [randomSecret(), randomSecret()];
    const service = await startService({
      ...{ dataDir: join(folder, 'data'), bundleDir },
      bindings: { ROOT_SECRET, ADMIN_TOKEN, [ALLOW_PRIVATE]: '1' },
    });
    try {
      const story = new Story(process.stdout);
      await playLoop(await Api.make(service.url, ADMIN_TOKEN), story);
      story.end('Push, job, work and word of it');
    } finally {
      await service.stop();
    }
    return 0;
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
});

function randomSecret(): string {
  return randomBytes(32).toString('base64url');
}
