/** A program's lines through `curl -T -`: what that costs the program, and the service's memory meanwhile. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startHeadway } from '../headway.ts';
import { residentMiB } from '../memory.ts';
import { median } from '../stats.ts';

export interface PipePlan {
  lines: number;
  /** Lines a second. */
  rate: number;
}

export interface PipeCost {
  /** The program's own time with nobody behind it but `cat`, and with the service (ms). */
  aloneMs: number;
  pipedMs: number;
  /** Its processor time in both (ms). */
  aloneCpuMs: number;
  pipedCpuMs: number;
  /** What curl was answered. */
  answer: string;
  /** Changes of the job: reports, beside its creation and its end. */
  revisions: number;
  /** Resident memory of the service (MiB), the median of the second and of the last quarter of the run; null without /proc. */
  memory: { early: number; late: number } | null;
}

const PRODUCER = fileURLToPath(new URL('producer.ts', import.meta.url));

/** Runs the program twice, into `cat` and into the service. */
export async function measurePipe(folder: string, bundleDir: string, plan: PipePlan): Promise<PipeCost> {
  const alone = await produce(plan, 'cat >/dev/null');
  const service = await startHeadway({ dataDir: join(folder, 'data'), bundleDir });
  try {
    const { url, headers } = service.target;
    // biome-ignore lint/suspicious/noExplicitAny: a measurement reads whatever came back
    const ask = async (path: string, body?: object): Promise<any> => {
      const sent = { ...headers, 'Content-Type': 'application/json' };
      const request = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
      return (await fetch(url + path, { headers: sent, ...request })).json();
    };
    const { job_id } = await ask('/api/jobs/', { job_type: 'import', total_items: 0 });
    const { token } = await ask(`/api/jobs/${job_id}/tokens`, { scope: 'report' });
    const samples: number[] = [];
    const sample = () => samples.push(residentMiB(service.pid) ?? Number.NaN);
    const sampling = setInterval(sample, 250);
    const piped = await produce(plan, `curl -sS -T - "${url}/r/${token}"`);
    clearInterval(sampling);
    for (let n = 0; n < 2; n++) sample();
    const { revision } = await ask(`/api/jobs/${job_id}`);
    const quarter = Math.max(1, Math.floor(samples.length / 4));
    const [early, late] = [samples.slice(quarter, 2 * quarter), samples.slice(-quarter)].map(median);
    return {
      ...{ aloneMs: alone.ms, pipedMs: piped.ms, aloneCpuMs: alone.cpuMs, pipedCpuMs: piped.cpuMs },
      ...{ answer: piped.stdout.trim(), revisions: revision },
      memory: Number.isFinite(early) && Number.isFinite(late) ? { early: early ?? 0, late: late ?? 0 } : null,
    };
  } finally {
    await service.stop();
  }
}

/** Runs the program with `behind` at the other end of its pipe. */
async function produce({ lines, rate }: PipePlan, behind: string) {
  const script = `"$NODE" "$PRODUCER" ${lines} ${rate} | ${behind}`;
  const env = { ...process.env, NODE: process.execPath, PRODUCER };
  const shell = spawn('sh', ['-c', script], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr] = await Promise.all([
    shell.stdout.setEncoding('utf8').toArray(),
    shell.stderr.setEncoding('utf8').toArray(),
    once(shell, 'close'),
  ]);
  const told = stderr.join('');
  const line = told.split('\n').find((text) => text.startsWith('{'));
  if (line === undefined) throw new Error(`the program did not come to its end: ${told}`);
  const { ms, cpuMs } = JSON.parse(line) as { ms: number; cpuMs: number };
  return { ms, cpuMs, stdout: stdout.join('') };
}
