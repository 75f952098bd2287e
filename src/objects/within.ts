/** Waits for `work`, but no longer than `ms`; says whether it was done by then. Leaves no timer behind. */
export function within(work: Promise<unknown>, ms: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => resolve(false), ms);
    const settled = (settle: () => void) => {
      clearTimeout(late);
      settle();
    };
    work.then(
      () => settled(() => resolve(true)),
      (cause) => settled(() => reject(cause)),
    );
  });
}
