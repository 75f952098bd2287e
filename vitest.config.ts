import { globSync, readFileSync } from 'node:fs';
import { cloudflareTest } from '@cloudflare/vitest-plugin';
import { defineConfig } from 'vitest/config';
import { ASSETS, buildAssets } from './dev/build/build-assets.ts';
import { PROJECT, SECRET, SessionProvider } from './test/contract/session-provider.ts';

const EXCLUDED = ['test/cli/**', 'test/client/**', 'test/contract/**', 'test/dev/**'];
/**
 * What turns the clock, replaces functions, or looks into objects has a runtime of its own. The rest are clients of the service
 * with organizations of their own, or call pure functions: they share one, which starts once and not once a file.
 */
const REACHES_IN =
  /\bvi\b|cloudflare:test|\/world|support\/(?:objects|count-|rows-read|hold-disk|log-lines|virtual-time|receiver|standard-webhooks)/;
const shared = globSync('test/**/*.test.ts', { exclude: EXCLUDED }).filter(
  (file) => !REACHES_IN.test(readFileSync(file, 'utf8')),
);

/** The servers that are reached, each under the name that it would have on the internet. */
const providers = new Map<string, Promise<SessionProvider>>();
const SESSIONS = 'sessions.test';

function providerAt(host: string): Promise<SessionProvider> {
  const provider = providers.get(host) ?? SessionProvider.start(`https://${host}`);
  providers.set(host, provider);
  return provider;
}

await buildAssets(ASSETS);

export default defineConfig({
  plugins: [
    cloudflareTest({
      wrangler: { configPath: './wrangler.toml' },
      miniflare: {
        // Nothing leaves this machine: what a test does not receive itself is refused here.
        async outboundService({ url, method, headers, body }) {
          const { host, pathname } = new URL(url);
          if (!host.endsWith(SESSIONS)) return new Response(null, { status: 503 });
          const provider = await providerAt(host);
          const sent = body === null ? null : await new Response(body).text();
          return fetch(provider.url + pathname, { method, headers: Object.fromEntries(headers), body: sent });
        },
        ratelimits: { FIVE: { namespace_id: '5', simple: { limit: 5, period: 10 } } },
        bindings: {
          ROOT_SECRET: 'test-root-secret-of-at-least-32-characters',
          PUBLISH_INTERVAL_MS: '50',
          LOG_SAMPLE: '1',
          // What a test does at once, one job may not in a second: tests of the limits set their own.
          LIMITS: JSON.stringify({ reports_per_second: 100_000, reports_burst: 1_000_000 }),
          SESSION_API: `https://${SESSIONS}`,
          SESSION_TIMEOUT_MS: '30000',
          SESSION_PROJECT: PROJECT,
          SESSION_SECRET: SECRET,
          WEBHOOK_PACE_MS: '10',
          WEBHOOK_TIMEOUT_MS: '1500',
          ADMIN_TOKEN: 'test-admin-token-of-at-least-32-characters',
          // Of the three that `npm start` keeps in `.dev.vars`, which wrangler reads here too, the last.
          ALLOW_PRIVATE_WEBHOOKS: '0',
        },
      },
    }),
  ],
  test: {
    projects: [
      {
        extends: true,
        test: { name: 'apart', include: ['test/**/*.test.ts'], exclude: [...EXCLUDED, ...shared] },
      },
      { extends: true, test: { name: 'shared', include: shared, isolate: false } },
    ],
    setupFiles: ['test/support/quiet.ts'],
    provide: {
      modelRuns: Number(process.env.MODEL_RUNS ?? 500),
      modelSeed: Number(process.env.MODEL_SEED ?? Date.now() % 2 ** 31),
    },
    testTimeout: 30_000,
    hookTimeout: 30_000,
    silent: 'passed-only',
    maxWorkers: 2,
  },
});
