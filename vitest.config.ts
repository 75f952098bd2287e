import { cloudflareTest } from '@cloudflare/vitest-plugin';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [
    cloudflareTest({
      wrangler: { configPath: './wrangler.toml' },
      miniflare: {
        // Nothing leaves this machine: what a test does not receive itself is refused here.
        outboundService: () => new Response(null, { status: 503 }),
        bindings: {
          ROOT_SECRET: 'test-root-secret-of-at-least-32-characters',
          PUBLISH_INTERVAL_MS: '50',
          LOG_SAMPLE: '1',
          WEBHOOK_PACE_MS: '10',
          WEBHOOK_TIMEOUT_MS: '1500',
          ADMIN_TOKEN: 'test-admin-token-of-at-least-32-characters',
        },
      },
    }),
  ],
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/contract/**', 'test/dev/**'],
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
