/**
 * What the list's page notes of itself, as a program for chromium: each state of each row, with the time (ms since 1970) at which
 * the frame that shows it was laid out and painted. Of what happens within one frame it notes the last.
 */
export const ROW_OBSERVER = `(() => {
  const shown = [];
  const last = new Map();
  const changed = new Set();
  const { port1, port2 } = new MessageChannel();
  const stateOf = (row) => [2, 3, 4].map((cell) => row.cells[cell].textContent).join(' | ');
  // A message that is posted while a frame is made comes behind it.
  port1.onmessage = () => {
    const at = performance.timeOrigin + performance.now();
    for (const row of changed) {
      const state = stateOf(row);
      if (last.get(row) === state) continue;
      last.set(row, state);
      shown.push([row.dataset.job, state, at]);
    }
    changed.clear();
  };
  new MutationObserver((records) => {
    for (const { target } of records) {
      const cell = (target.closest ? target : target.parentElement)?.closest('td');
      if (!cell || cell.cellIndex < 2 || cell.cellIndex > 4) continue;
      if (changed.size === 0) port2.postMessage(null);
      changed.add(cell.parentElement);
    }
  }).observe(document.querySelector('table.jobs tbody'), { subtree: true, childList: true, characterData: true });
  globalThis.takeShown = () => shown.splice(0);
})()`;

/** Promises when the frame with the first row will have been laid out and painted, in ms since the navigation began. */
export const FIRST_ROW = `globalThis.firstRow = new Promise((resolve) => {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => resolve(performance.now());
  new MutationObserver((_, observer) => {
    if (document.querySelector('tr[data-job]') === null) return;
    observer.disconnect();
    requestAnimationFrame(() => port2.postMessage(null));
  }).observe(document, { subtree: true, childList: true });
})`;
