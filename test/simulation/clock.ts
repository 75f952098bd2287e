import type { World } from './world';

/** The clock, the timers and the log that the objects see: the bundle puts these in place of the runtime's own. */

let world: World | null = null;
let timers = new Set<object>();
type Receive = (url: string, init: RequestInit) => Promise<Response>;
let net: Receive = nobody;

/** Lets the objects live in `next` from here on; `receive` answers what they fetch. */
export function enter(next: World, receive: Receive = nobody): void {
  world = next;
  net = receive;
  timers = new Set();
}

/** How many timers are running. */
export function pendingTimers(): number {
  return timers.size;
}

/** `Date.now`. */
export function simulatedNow(): number {
  return world?.now ?? 0;
}

/** `Math.random`. */
export function simulatedRandom(): number {
  return world?.random.next() ?? 0;
}

/** `scheduler.wait`. */
export async function simulatedWait(ms: number): Promise<void> {
  await world?.sleep(ms);
}

/** `setTimeout`. */
export function simulatedTimeout(run: () => void, ms = 0): object {
  const timer = {};
  timers.add(timer);
  world?.at(world.now + ms, () => {
    if (timers.delete(timer)) run();
  });
  return timer;
}

/** `clearTimeout`. */
export function simulatedClear(timer: object | undefined): void {
  if (timer !== undefined) timers.delete(timer);
}

/** `fetch`. */
export function simulatedFetch(url: string, init: RequestInit): Promise<Response> {
  return net(url, init);
}

/** `crypto.subtle`, as far as webhooks use it: a secret is sealed by being left as it is, and at times can't be opened. */
export const simulatedSubtle = {
  importKey: async () => ({}),
  deriveKey: async () => ({}),
  encrypt: async (_algorithm: unknown, _key: unknown, plain: Uint8Array) => plain,
  async decrypt(_algorithm: unknown, _key: unknown, sealed: Uint8Array) {
    if (world?.fault(0.05)) throw new Error('this can’t be opened');
    return sealed;
  },
  sign: async () => new ArrayBuffer(32),
};

async function nobody(): Promise<Response> {
  throw new TypeError('nobody is there');
}

/** `console.warn`: a publication that failed is a fault that was injected. */
export function simulatedWarning(): void {}

/** The causes that are injected: an object that had to catch one did as it should. */
const EXPECTED = ['this instance has crashed', 'Error: lost', 'Error: the disk is away'];

/** `console.error`: an object that had to catch something has a bug, unless it had crashed. */
export function simulatedError(line: string): void {
  if (!EXPECTED.some((text) => line.includes(text))) world?.violated(`an object logged ${line}`);
}
