/** A stream hands a long delivery to its connection piece by piece, so that many readers of it don't hold it each. */
import { afterEach, expect, it, vi } from 'vitest';
import { eventStream, type FrameGroup } from '../../src/http/event-stream';
import { Backlog } from '../../src/services/watching/backlog';

const PIECE = 32_768;

afterEach(() => {
  vi.useRealTimers();
});

async function* of(...deliveries: FrameGroup[]): AsyncGenerator<FrameGroup> {
  yield* deliveries;
}

it('a long delivery comes in pieces, whole and in order, and the next is asked for once it was taken', async () => {
  const long = 'x'.repeat(100_000);
  let asked = 0;
  async function* deliveries(): AsyncGenerator<FrameGroup> {
    for await (const group of of([{ event: 'a', data: `"${long}"` }], [{ event: 'b', data: '{}' }])) {
      asked += 1;
      yield group;
    }
  }
  const reader = eventStream(deliveries(), () => {}).getReader();
  const sizes: number[] = [];
  const asks: number[] = [];
  let text = '';
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    sizes.push(next.value.byteLength);
    asks.push(asked);
    text += new TextDecoder().decode(next.value);
  }
  expect(text).toBe(`retry: 2000\n\nevent: a\ndata: "${long}"\n\nevent: b\ndata: {}\n\n`);
  expect(sizes.slice(1, 4)).toEqual([PIECE, PIECE, PIECE]);
  expect(asks.slice(1, 5)).toEqual([1, 1, 1, 1]);
});

it('the bytes that readers share are not taken from them by a connection', async () => {
  const shared: FrameGroup = [{ event: 'a', data: `"${'y'.repeat(50_000)}"` }];
  const read = async () => new Response(eventStream(of(shared), () => {})).text();
  expect(await read()).toBe(await read());
});

const long = (n: number): FrameGroup => [{ event: `${n}`, data: `"${'z'.repeat(200_000)}"` }];

it('what waits for a reader that takes nothing is bounded in its isolate, and its stream ends there', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const backlog = new Backlog(300_000);
  const open = () => {
    const stopped = vi.fn();
    const reader = eventStream(of(long(1), long(2)), stopped, { backlog, patience: 600_000 }).getReader();
    return { reader, stopped };
  };
  const [slow, live] = [open(), open()];
  for (const { reader } of [slow, live]) for (const _ of ['retry', 'piece']) await reader.read();
  expect(backlog.bytes).toBeGreaterThan(300_000);
  vi.advanceTimersByTime(11_000);
  await live.reader.read();
  expect(backlog.bytes).toBeLessThan(200_000);
  expect((await slow.reader.read()).done).toBe(true);
  expect(slow.stopped).toHaveBeenCalledOnce();
  for (let next = await live.reader.read(); !next.done; next = await live.reader.read());
  expect([backlog.bytes, live.stopped.mock.calls.length]).toEqual([0, 1]);
});

it('a reader that takes nothing for a while is given up, and all that was held for it is let go', async () => {
  vi.useFakeTimers();
  const backlog = new Backlog(1_000_000);
  let ended = false;
  async function* deliveries(): AsyncGenerator<FrameGroup> {
    try {
      yield long(1);
      yield long(2);
    } finally {
      ended = true;
    }
  }
  const stopped = vi.fn();
  const reader = eventStream(deliveries(), stopped, { backlog, patience: 60_000 }).getReader();
  for (const _ of ['retry', 'piece']) await reader.read();
  await vi.advanceTimersByTimeAsync(50_000);
  await reader.read();
  await vi.advanceTimersByTimeAsync(50_000);
  expect([stopped.mock.calls.length, ended]).toEqual([0, false]);
  await vi.advanceTimersByTimeAsync(20_000);
  expect([backlog.bytes, stopped.mock.calls.length, ended]).toEqual([0, 1, true]);
  expect((await reader.read()).done).toBe(true);
});

it('a reader that waits for news is never given up', async () => {
  vi.useFakeTimers();
  const news = Promise.withResolvers<void>();
  async function* deliveries(): AsyncGenerator<FrameGroup> {
    await news.promise;
    yield [{ event: 'a', data: '{}' }];
  }
  const stream = eventStream(deliveries(), () => {}, { backlog: new Backlog(1), patience: 1_000 });
  const reader = stream.getReader();
  await reader.read();
  const waiting = reader.read();
  await vi.advanceTimersByTimeAsync(10_000);
  news.resolve();
  expect(new TextDecoder().decode((await waiting).value)).toBe('event: a\ndata: {}\n\n');
});
