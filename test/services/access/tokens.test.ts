import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Config } from '../../../src/config';
import { configOf } from '../../../src/config';
import { mintApiKey, readApiKey } from '../../../src/services/ids/api-key';
import { openCursor, sealCursor } from '../../../src/services/ids/cursor';
import { derivedCore, mintJobId, randomCore, readJobId } from '../../../src/services/ids/job-id';

const OLD = 'an older root secret that is long enough';
const NEW = 'a newer root secret that is long enough';
const before = config(`0:${OLD}`);
const after = config(`1:${NEW},0:${OLD}`);
const alone = config(`1:${NEW}`);

function config(roots: string, shards = '1'): Config {
  return configOf({ ROOT_SECRET: roots, ADMIN_TOKEN: 'x'.repeat(32), INDEX_SHARDS: shards } as never);
}

describe('a job id', () => {
  it('is a UUIDv8 that gives back its shard and core', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(63), fc.bigInt({ min: 0n, max: (1n << 66n) - 1n }), async (shard, number) => {
        const core = number.toString(16).padStart(17, '0');
        const { job_id } = await mintJobId(after, 'acme', shard, core);
        expect(job_id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        expect(await readJobId(after, 'acme', job_id)).toEqual({ job_id, shard, core });
        expect(await readJobId(after, 'acme', job_id.toUpperCase())).toEqual({ job_id, shard, core });
        expect(await readJobId(after, 'other', job_id)).toBeNull();
        expect(Number.parseInt(job_id.slice(0, 2), 16) >> 2).toBe(shard);
      }),
      { numRuns: 50 },
    );
  });

  it('outlives a rotation of the root secret, until its generation is dropped', async () => {
    const { job_id, core } = await mintJobId(before, 'acme', 0, randomCore());
    expect((await readJobId(after, 'acme', job_id))?.core).toBe(core);
    expect(await readJobId(alone, 'acme', job_id)).toBeNull();
  });

  it('made from a key has the same core under every generation and number of shards', async () => {
    const salt = 'ab'.repeat(32);
    const core = await derivedCore(salt, 'create\0my key');
    expect(core).toMatch(/^[0-9a-f]{17}$/);
    expect(await derivedCore(salt, 'create\0my key')).toBe(core);
    expect(await derivedCore('cd'.repeat(32), 'create\0my key')).not.toBe(core);
    expect(await derivedCore(salt, 'create\0my kez')).not.toBe(core);
  });
});

describe('an API key', () => {
  it('names its organization, outlives a rotation, and is refused when any of it changes', async () => {
    const { api_key, key_id } = await mintApiKey(before, 'acme');
    expect(api_key).toMatch(/^hw_acme_[0-9a-f]+_[0-9a-f]+$/);
    expect(await readApiKey(after, api_key)).toEqual({ organization: 'acme', key_id });
    expect(await readApiKey(alone, api_key)).toBeNull();
    expect(await readApiKey(before, api_key.replace('acme', 'acmf'))).toBeNull();
    expect(await readApiKey(before, `${api_key}0`)).toBeNull();
  });
});

describe('a cursor', () => {
  it.each([false, true])('opens in its own list of its own organization only; hidden: %j', async (hidden) => {
    const cursor = await sealCursor(before, 'acme\0jobs', { created_at: 1, job_id: 'x' }, hidden);
    expect(await openCursor(after, 'acme\0jobs', cursor)).toEqual({ created_at: 1, job_id: 'x' });
    expect(await openCursor(before, 'other\0jobs', cursor)).toBeUndefined();
    expect(await openCursor(before, 'acme\0errors', cursor)).toBeUndefined();
    for (let at = 0; at < cursor.length; at++) {
      const changed = cursor.slice(0, at) + (cursor[at] === 'A' ? 'B' : 'A') + cursor.slice(at + 1);
      expect(await openCursor(before, 'acme\0jobs', changed)).toBeUndefined();
    }
  });

  it('that is hidden can be read by nobody, and is the same for the same place', async () => {
    const place = { created_at: 1_700_000_000_000, job_id: '0198c0de-0000-8000-8000-00000000abcd' };
    const read = (text: string) =>
      new TextDecoder().decode(Uint8Array.fromBase64(text, { alphabet: 'base64url' }));
    const open = await sealCursor(before, 'acme\0jobs', place);
    const hidden = await sealCursor(before, 'acme\0jobs', place, true);
    expect(read(open)).toContain(place.job_id);
    for (const part of [place.job_id.slice(0, 8), 'job_id', 'created', '1700000'])
      expect(read(hidden)).not.toContain(part);
    expect(await sealCursor(before, 'acme\0jobs', place, true)).toBe(hidden);
    const later = { ...place, created_at: place.created_at + 1 };
    expect(await openCursor(after, 'acme\0jobs', await sealCursor(after, 'acme\0jobs', later, true))).toEqual(
      later,
    );
    expect(await openCursor(after, 'acme\0jobs', hidden)).toEqual(place);
    expect(await openCursor(alone, 'acme\0jobs', hidden)).toBeUndefined();
  });
});

describe('the configuration', () => {
  it.each([
    ['no root', '', '1'],
    ['a short root', 'short', '1'],
    ['a generation twice', `0:${OLD},0:${NEW}`, '1'],
    ['no shard', OLD, '0'],
    ['too many shards', OLD, '65'],
  ])('refuses %s', (_name, roots, shards) => {
    expect(() => config(roots, shards)).toThrow();
  });
});
