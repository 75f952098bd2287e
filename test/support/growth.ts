/** The clock counts whole milliseconds: what is shorter than so many (ms) is repeated. */
const LEAST = 30;

/**
 * How many times as long `work` takes for four times the size: about 4 where its time grows with the size, 16 where it
 * grows with the square. The best of three, so that what else the machine does counts little.
 */
export async function growth(work: (size: number) => unknown, size: number): Promise<number> {
  const [small, large] = [await best(() => work(size)), await best(() => work(4 * size))];
  return large / small;
}

async function best(work: () => unknown): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 3; run++) {
    const began = performance.now();
    let [times, took] = [0, 0];
    for (; took < LEAST; took = performance.now() - began) {
      await work();
      times += 1;
    }
    least = Math.min(least, took / times);
  }
  return least;
}
