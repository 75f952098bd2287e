/** Whether a service answers. */
import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves once `GET /healthz` answers 200; rejects after a minute without. */
export async function untilHealthy(url: string): Promise<void> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const answer = await askHealth(url);
    if (answer === 200) return;
    if (Date.now() > deadline) throw new Error(`${url}/healthz: ${answer}, for a minute`);
    await sleep(50);
  }
}

/** The status of `GET /healthz`, or the error in place of one. */
export async function askHealth(url: string): Promise<number | string> {
  try {
    const response = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(2_000) });
    await response.arrayBuffer();
    return response.status;
  } catch (error) {
    return String(error);
  }
}
