/** Bundles of the Workers that stand beside the service in a comparison, in the form `startService` runs. */
import { join } from 'node:path';
import { build } from 'esbuild';
import { PROJECT } from '../dev/home.ts';
import { keepSettings, settingsOf, type WorkerSettings } from '../dev/service/settings.ts';

/**
 * Bundles `entry`, a path in this project, into `outDir`. Date, flags and variables of the runtime are those of the
 * service's own bundle in `serviceBundle`; so are the objects, unless `namespaces` names others.
 */
export async function bundleWorker(
  entry: string,
  outDir: string,
  serviceBundle: string,
  namespaces?: WorkerSettings['namespaces'],
): Promise<void> {
  await build({
    entryPoints: { worker: join(PROJECT, entry) },
    outdir: outDir,
    ...{ bundle: true, format: 'esm', target: 'esnext', logLevel: 'warning' },
    conditions: ['workerd', 'worker', 'browser'],
    external: ['cloudflare:*'],
  });
  const service = await settingsOf(serviceBundle);
  const settings: WorkerSettings = {
    ...service,
    assets: [],
    module: 'worker.js',
    namespaces: namespaces ?? service.namespaces,
  };
  await keepSettings(outDir, settings);
}
