import { runInDurableObject } from 'cloudflare:test';
import { vi } from 'vitest';

/** Holds an object's disk: nothing that is committed gets durable until it is let go, or lost. */
export async function holdDisk(stub: DurableObjectStub) {
  const held = Promise.withResolvers<void>();
  await runInDurableObject(stub, (_object, { storage }) => {
    const sync = storage.sync.bind(storage);
    vi.spyOn(storage, 'sync').mockImplementation(() => held.promise.then(sync));
  });
  return { release: held.resolve, lose: () => held.reject(new Error('the disk')) };
}
