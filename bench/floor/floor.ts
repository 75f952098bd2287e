/** The floor as a contestant: `worker.ts` on the same runtime, started the same way. */
import { join } from 'node:path';
import { startService } from '../../dev/service.ts';
import { bundleWorker } from '../bundle.ts';
import type { Contestant } from '../contestant.ts';

const NAMESPACES = [
  { binding: 'ROW', className: 'RowDO', sqlite: true },
  { binding: 'WATCHED', className: 'WatchedRowDO', sqlite: true },
];

/** Bundles and starts the floor, with the runtime's settings from the service's bundle. */
export async function startFloor(folder: string, serviceBundle: string): Promise<Contestant> {
  const bundleDir = join(folder, 'bundle');
  await bundleWorker('bench/floor/worker.ts', bundleDir, serviceBundle, NAMESPACES);
  const service = await startService({ dataDir: join(folder, 'data'), bundleDir, bindings: {} });
  return {
    ...{ name: 'floor', kind: 'floor' },
    target: { url: service.url, headers: {} },
    measures: new Set(['report-1', 'report-200', 'poll', 'create', 'bare']),
    stop: () => service.stop(),
    pids: [service.pid],
  };
}
