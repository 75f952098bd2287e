import { signal } from '@preact/signals';

/** How long a page may be hidden before its streams are closed (ms). */
const HIDDEN = 60_000;

/** Whether the page is seen, or was less than a minute ago: streams are open for as long as that. */
export const seen = signal(true);

let hiding: ReturnType<typeof setTimeout> | undefined;

function turn(): void {
  clearTimeout(hiding);
  if (document.visibilityState === 'visible') seen.value = true;
  else
    hiding = setTimeout(() => {
      seen.value = false;
    }, HIDDEN);
}

document.addEventListener('visibilitychange', turn);
// A tab may be opened behind another, and never be seen.
turn();
