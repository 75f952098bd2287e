import { expect, it } from 'vitest';
import { Gathered } from '../../src/http/gathered';

const piece = (...bytes: number[]) => Uint8Array.from([...bytes, ...Array(4_096 - bytes.length).fill(0)]);

it('a body in the smallest pieces is held in one buffer, whatever buffers its pieces have', () => {
  const gathered = new Gathered(100_000, 'sender');
  for (let n = 0; n < 10_000; n++) gathered.add(piece(n % 251).subarray(0, 1));
  expect([gathered.size, gathered.bytes.byteLength]).toEqual([10_000, 10_000]);
  expect(gathered.bytes.every((byte, at) => byte === at % 251)).toBe(true);
  expect(gathered.bytes.buffer.byteLength).toBeLessThan(20_001);
});

it('a body in one piece is not copied', () => {
  const gathered = new Gathered(100_000, 'sender');
  const whole = piece(1, 2, 3);
  gathered.add(whole);
  expect(gathered.bytes.buffer).toBe(whole.buffer);
});

it.each([[[3, 3]], [[2, 5]], [[7]], [[1, 1, 1, 1, 1, 1]]])(
  'of what comes in pieces of %j the first five bytes are kept',
  (sizes) => {
    const gathered = new Gathered(5, 'sender');
    let n = 0;
    for (const size of sizes) gathered.add(Uint8Array.from(Array.from({ length: size }, () => ++n)));
    expect([...gathered.bytes]).toEqual([1, 2, 3, 4, 5]);
    expect(gathered.size).toBe(n);
  },
);
