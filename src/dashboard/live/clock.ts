import { signal } from '@preact/signals';

/** Between an answer of the service and this machine’s clock (ms): less says nothing, since answers tell whole seconds and take a while. */
const FEW = 5_000;
/** What took longer tells too little of when it was sent (ms). */
const QUICK = 2_000;

/** How far the service’s clock is ahead of this machine’s (ms); 0 where they are a few seconds apart at most. */
let ahead = 0;

/** The time here (ms), moved once a second while the page is seen. */
export const now = signal(Date.now());
/** The same by the service’s clock: what says “12 s ago” of a time that the service told follows it. */
export const serviceNow = signal(Date.now());

function move(): void {
  now.value = Date.now();
  serviceNow.value = now.value + ahead;
}

setInterval(() => {
  if (document.visibilityState === 'visible') move();
}, 1_000);

/** The browser’s `fetch`, by whose answers the service’s clock is known. */
export const fetchByClock: typeof fetch = async (input, init) => {
  const asked = Date.now();
  const response = await fetch(input, init);
  // One that may be kept may be an old one.
  const isFresh = !response.headers.get('Cache-Control')?.includes('max-age');
  if (isFresh && Date.now() - asked < QUICK) learn(Date.parse(response.headers.get('Date') ?? ''));
  return response;
};

function learn(told: number): void {
  const found = told - Date.now();
  // Of an answer that says no time nothing is learned.
  if (!(Math.abs(found - ahead) > FEW)) return;
  ahead = Math.abs(found) > FEW ? found : 0;
  move();
}
