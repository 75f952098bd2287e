import { signal } from '@preact/signals';

/** The time (ms), moved once a second while the page is seen: what says “12 s ago” follows it. */
export const now = signal(Date.now());

setInterval(() => {
  if (document.visibilityState === 'visible') now.value = Date.now();
}, 1_000);
