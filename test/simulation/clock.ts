import type { World } from './world';

/** The clock, the timers and the log that the objects see: the bundle puts these in place of the runtime's own. */

let world: World | null = null;

/** Lets the objects live in `next` from here on. */
export function enter(next: World): void {
  world = next;
}

/** `Date.now`. */
export function simulatedNow(): number {
  return world?.now ?? 0;
}

/** `scheduler.wait`. */
export async function simulatedWait(ms: number): Promise<void> {
  await world?.sleep(ms);
}

/** `setTimeout`. */
export function simulatedTimeout(run: () => void, ms = 0): void {
  world?.at(world.now + ms, run);
}

/** `console.warn`: a publication that failed is a fault that was injected. */
export function simulatedWarning(): void {}

/** `console.error`: an object that had to catch something has a bug, unless it had crashed. */
export function simulatedError(line: string): void {
  if (!line.includes('this instance has crashed')) world?.violated(`an object logged ${line}`);
}
