/** Calls `ring` in `ms`, unless it is called off by what this answers. */
export type Timer = (ms: number, ring: () => void) => () => void;

export const realTimer: Timer = (ms, ring) => {
  const timer = setTimeout(ring, ms);
  return () => clearTimeout(timer);
};

/** Waits for `work`, but no longer than `ms`; says whether it was done by then. Leaves no timer behind. */
export function within(work: Promise<unknown>, ms: number, timer = realTimer): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const callOff = timer(ms, () => resolve(false));
    const settled = (settle: () => void) => {
      callOff();
      settle();
    };
    work.then(
      () => settled(() => resolve(true)),
      (cause) => settled(() => reject(cause)),
    );
  });
}
