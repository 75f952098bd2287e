import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { eventStream, type FrameGroup } from '../../src/http/event-stream';
import { Backlog } from '../../src/services/watching/backlog';

/** How readers of different speeds are served: nothing here needs a clock but the test's own. */
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const long = (length: number): FrameGroup => [{ event: 'message', id: 'i', data: `"${'x'.repeat(length)}"` }];

async function* of(...deliveries: FrameGroup[]): AsyncGenerator<FrameGroup> {
  yield* deliveries;
}

interface Reader {
  read(): Promise<{ done: boolean; bytes: number }>;
  stop: ReturnType<typeof vi.fn>;
  cancel(): Promise<void>;
}

/** A stream whose first line was read. */
async function open(deliveries: AsyncGenerator<FrameGroup>, backlog?: Backlog): Promise<Reader> {
  const stop = vi.fn();
  const reader = eventStream(deliveries, stop, backlog).getReader();
  await reader.read();
  return {
    stop,
    cancel: () => reader.cancel(),
    async read() {
      const { done, value } = await reader.read();
      return { done, bytes: value?.byteLength ?? 0 };
    },
  };
}

async function readAll(reader: Reader): Promise<number> {
  for (let total = 0; ; ) {
    const { done, bytes } = await reader.read();
    if (done) return total;
    total += bytes;
  }
}

/** Lets everything run that waits for no clock. */
async function settle(): Promise<void> {
  for (let n = 0; n < 200; n++) await Promise.resolve();
}

it('a long delivery is handed over in pieces, the next when the one before was taken', async () => {
  const delivery = long(100_000);
  const reader = await open(of(delivery));
  const { bytes } = await reader.read();
  expect(bytes).toBe(32_768);
  expect(bytes + (await readAll(reader))).toBeGreaterThan(100_000);
  expect(reader.stop).toHaveBeenCalled();
});

it('a reader that takes nothing is closed once too much waits in the isolate; the others read on', async () => {
  const backlog = new Backlog(150_000);
  const slow = await open(of(long(100_000), long(10)), backlog);
  await slow.read();
  vi.advanceTimersByTime(11_000);
  const quick = await open(of(long(100_000), long(100_000)), backlog);
  expect(await readAll(quick)).toBeGreaterThan(200_000);
  expect(await slow.read()).toEqual({ done: true, bytes: 0 });
  expect(slow.stop).toHaveBeenCalled();
  expect(backlog.bytes).toBe(0);
});

it('a reader that has gone leaves nothing waiting', async () => {
  const backlog = new Backlog(150_000);
  const reader = await open(of(long(100_000)), backlog);
  await reader.read();
  expect(backlog.bytes).toBeGreaterThan(0);
  await reader.cancel();
  expect(backlog.bytes).toBe(0);
  expect(reader.stop).toHaveBeenCalled();
});

it('many readers of a long delivery are served in small groups, the next when one has drained', async () => {
  const delivery = long(100_000);
  const readers = await Promise.all(Array.from({ length: 50 }, () => open(of(delivery))));
  const served = new Set<Reader>();
  for (const reader of readers) void reader.read().then(() => served.add(reader));
  await settle();
  expect(served.size).toBe(32);
  for (const reader of [...served].slice(0, 10)) await readAll(reader);
  vi.advanceTimersByTime(60);
  await settle();
  expect(served.size).toBe(42);
  // Those that take nothing keep nobody waiting for long.
  vi.advanceTimersByTime(300);
  await settle();
  expect(served.size).toBe(50);
  for (const reader of readers) await reader.cancel();
});

it('a short delivery waits for no turn', async () => {
  const slow = await Promise.all(Array.from({ length: 40 }, () => open(of(long(100_000)))));
  const served = new Set<Reader>();
  for (const reader of slow) void reader.read().then(() => served.add(reader));
  await settle();
  expect(served.size).toBe(32);
  const short = await open(of(long(1_000)));
  expect((await short.read()).bytes).toBeGreaterThan(1_000);
  for (const reader of [short, ...slow]) await reader.cancel();
});
