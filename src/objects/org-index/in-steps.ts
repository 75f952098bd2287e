/** For how long a work goes on in one run of the alarm (ms), and how long it rests then. */
const AT_ONCE = 10_000;
const REST = 1_000;

/** Does what is left of a work, a transaction a step; answers when to go on (ms) where that takes long. */
export async function inSteps(
  isLeft: () => boolean,
  step: () => void,
  storage: DurableObjectStorage,
): Promise<number | null> {
  const until = Date.now() + AT_ONCE;
  while (isLeft()) {
    if (Date.now() > until) return Date.now() + REST;
    step();
    // Whoever waits for the shard comes in between.
    await storage.sync();
  }
  return null;
}
