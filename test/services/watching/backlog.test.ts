import { afterEach, expect, it, vi } from 'vitest';
import { Backlog, READER_BYTES } from '../../../src/services/watching/backlog';
import { ObjectSocket } from '../../../src/services/watching/object-socket';

afterEach(() => {
  vi.useRealTimers();
});

it('where too much waits in an isolate, those that have taken nothing for longest are overrun, and no others', () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const backlog = new Backlog(100);
  const [first, second, third] = [vi.fn(), vi.fn(), vi.fn()];
  backlog.hold(first, 60);
  backlog.hold(second, 60);
  expect(first).not.toHaveBeenCalled();
  vi.advanceTimersByTime(11_000);
  backlog.hold(second, 0);
  backlog.hold(second, 60);
  expect([first.mock.calls.length, backlog.bytes]).toEqual([1, 60]);
  vi.advanceTimersByTime(11_000);
  backlog.hold(third, 30);
  expect([second.mock.calls.length, backlog.bytes]).toEqual([0, 90]);
  backlog.hold(second, 55);
  backlog.hold(third, 50);
  expect([second.mock.calls.length, backlog.bytes]).toEqual([0, 105]);
  vi.advanceTimersByTime(11_000);
  backlog.hold(third, 49);
  expect([first, second, third].map(({ mock }) => mock.calls.length)).toEqual([1, 1, 0]);
  backlog.hold(third, 0);
  expect(backlog.bytes).toBe(0);
});

function socketPair(): { socket: ObjectSocket; object: WebSocket } {
  const { 0: theirs, 1: object } = new WebSocketPair();
  object.accept();
  return { socket: new ObjectSocket(theirs), object };
}

it('a socket whose reader is slow is given up at a mebibyte, behind what waits', async () => {
  const { socket, object } = socketPair();
  const message = (n: number) => `${n}${'x'.repeat(READER_BYTES / 2 - 1)}`;
  const closed = new Promise((resolve) => object.addEventListener('close', resolve));
  for (const n of [1, 2, 3]) object.send(message(n));
  await closed;
  expect(socket.lost).toBe(false);
  expect(await socket.next(0)).toBe(message(1));
  expect(await socket.next(0)).toBe(message(2));
  expect([socket.lost, await socket.next(0)]).toEqual([true, null]);
});

it('a single message is taken whatever its length', async () => {
  const { socket, object } = socketPair();
  object.send('x'.repeat(2 * READER_BYTES));
  expect((await socket.next(5_000))?.length).toBe(2 * READER_BYTES);
  expect(socket.lost).toBe(false);
  socket.close();
});
