/** What the service takes to be there at all. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { settingsOf } from '../dev/service/settings.ts';
import { startHeadway } from './headway.ts';
import { residentMiB } from './memory.ts';
import { median } from './stats.ts';

export interface StartUp {
  bundleKiB: number;
  gzipKiB: number;
  /** From starting the process in an empty folder to its first answer (ms). */
  firstAnswerMs: number;
  /** Resident memory after its first answers (MiB); null where the system does not tell. */
  restMiB: number | null;
}

/** Weighs the bundle and starts the service `times` times. */
export async function measureStartUp(folder: string, bundleDir: string, times: number): Promise<StartUp> {
  const { module } = await settingsOf(bundleDir);
  const bundle = await readFile(join(bundleDir, module));
  const starts: number[] = [];
  let restMiB: number | null = null;
  for (let time = 0; time < times; time++) {
    const service = await startHeadway({ dataDir: join(folder, `start-${time}`), bundleDir });
    starts.push(service.firstAnswerMs);
    restMiB = residentMiB(service.pid);
    await service.stop();
  }
  return {
    bundleKiB: bundle.byteLength / 1_024,
    gzipKiB: gzipSync(bundle).byteLength / 1_024,
    firstAnswerMs: median(starts),
    restMiB,
  };
}
