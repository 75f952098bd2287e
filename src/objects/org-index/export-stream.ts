import type { ExportLine, ListPart, ListPosition } from './contract';

/** What is read in one turn: others have theirs in between. */
const JOBS = 200;
const BYTES = 65_536;
const encoder = new TextEncoder();

/**
 * A list as lines, from behind `before`, `limit` jobs at most: its parts, each followed by the place that it was looked at
 * through. `read` is asked for the next part once the one before has been taken.
 */
export function exportStream(
  read: (before: ListPosition | null, limit: number, bytes: number) => ListPart,
  before: ListPosition | null,
  limit: number,
): ReadableStream<Uint8Array> {
  let [place, left] = [before, limit];
  return new ReadableStream(
    {
      async pull(controller) {
        await scheduler.wait(0);
        const { jobs, through } = read(place, Math.min(left, JOBS), BYTES);
        const lines: ExportLine[] = [...jobs, { through }];
        controller.enqueue(encoder.encode(lines.map((line) => `${JSON.stringify(line)}\n`).join('')));
        [place, left] = [through, left - jobs.length];
        if (through === null || left <= 0) controller.close();
      },
    },
    { highWaterMark: 0 },
  );
}
