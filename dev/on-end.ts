/** Calls `end` when this command is to end: by a signal, or because npm, which started it, is gone. */
export function onEnd(end: () => void): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);
  whenOrphaned(end);
}

/** Calls `end` when npm was killed: it tells the shell between us, and that one tells nobody. */
function whenOrphaned(end: () => void): void {
  if (process.env.npm_lifecycle_event === undefined) return;
  const shell = process.ppid;
  const look = setInterval(() => {
    if (process.ppid === shell) return;
    clearInterval(look);
    end();
  }, 250);
  look.unref();
}
