/** Waits for `work`, but no longer than `ms`; says whether it was done by then. Leaves no timer behind. */
export async function within(work: Promise<unknown>, ms: number): Promise<boolean> {
  const done = new AbortController();
  const late = scheduler.wait(ms, { signal: done.signal }).then(() => false);
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    done.abort();
  }
}
