/** A stream hands a long delivery to its connection piece by piece, so that many readers of it don't hold it each. */
import { expect, it } from 'vitest';
import { eventStream, type FrameGroup } from '../../src/http/event-stream';

const PIECE = 32_768;

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
