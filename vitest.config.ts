import { cloudflareTest } from '@cloudflare/vitest-plugin';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [
    cloudflareTest({
      wrangler: { configPath: './wrangler.toml' },
      miniflare: {
        bindings: {
          ROOT_SECRET: 'test-root-secret-of-at-least-32-characters',
          PUBLISH_INTERVAL_MS: '50',
          LOG_SAMPLE: '1',
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
    silent: 'passed-only',
    maxWorkers: 2,
  },
});
