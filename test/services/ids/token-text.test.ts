import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Config, configOf } from '../../../src/config';
import { TOKEN_SCOPES } from '../../../src/domain/access/token';
import { mintApiKey } from '../../../src/services/ids/api-key';
import { mintHookRef } from '../../../src/services/ids/hook-url';
import { mintJobId, randomCore } from '../../../src/services/ids/job-id';
import { mac } from '../../../src/services/ids/secrets';
import { type JobToken, mintJobToken, readJobToken } from '../../../src/services/ids/token-text';

const OLD = 'an older root secret that is long enough';
const NEW = 'a newer root secret that is long enough';
const before = config(`0:${OLD}`);
const after = config(`3:${NEW},0:${OLD}`);
const alone = config(`3:${NEW}`);

function config(roots: string): Config {
  return configOf({ ROOT_SECRET: roots, ADMIN_TOKEN: 'x'.repeat(32), INDEX_SHARDS: '1' } as never);
}

async function sample(made: Config, organization = 'acme', more: Partial<JobToken> = {}): Promise<JobToken> {
  const { job_id } = await mintJobId(made, organization, 0, randomCore());
  const { key_id } = await mintApiKey(made, organization);
  const maker = { kind: 'key' as const, id: key_id };
  const said = { organization, job_id, maker, scope: 'report', allow_get: false } as const;
  return { ...said, expires_at: 2_000_000_000, generation: 1_900_000_000, ...more };
}

describe('a token', () => {
  it('gives back all that it says, in text that is safe in a URL', async () => {
    const u32 = fc.nat(2 ** 32 - 1);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(before, after),
        fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,39}$/),
        fc.record({
          scope: fc.constantFrom(...TOKEN_SCOPES),
          allow_get: fc.boolean(),
          expires_at: u32,
          generation: u32,
        }),
        fc.boolean(),
        async (made, organization, more, byHook) => {
          const hook = { kind: 'hook' as const, id: (await mintHookRef(made, organization)).hook_id };
          const said = await sample(made, organization, byHook ? { ...more, maker: hook } : more);
          const token = await mintJobToken(made, said);
          expect(token).toMatch(/^hwt_[A-Za-z0-9_-]+$/);
          expect(encodeURIComponent(token)).toBe(token);
          expect(token.length).toBeLessThanOrEqual(74 + Math.ceil((organization.length * 4) / 3));
          expect(await readJobToken(made, token)).toEqual(said);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('is another one each time, though both say the same', async () => {
    const said = await sample(before);
    const both = await Promise.all([mintJobToken(before, said), mintJobToken(before, said)]);
    expect(both[0]).not.toBe(both[1]);
    for (const token of both) expect(await readJobToken(before, token)).toEqual(said);
  });

  it('made before two were told apart still says what it said', async () => {
    const said = await sample(before);
    const token = Uint8Array.fromBase64((await mintJobToken(before, said)).slice(4), {
      alphabet: 'base64url',
    });
    const [own, chance] = [token.subarray(12, 45), 7];
    const payload = new Uint8Array([...own, ...token.subarray(45 + chance)]);
    const code = await mac(before, 'job-token', 0, `job-token\0${payload.toHex()}`);
    const bytes = new Uint8Array([...(code ?? []).slice(0, 12), ...payload]);
    const text = `hwt_${bytes.toBase64({ alphabet: 'base64url', omitPadding: true })}`;
    expect(await readJobToken(before, text)).toEqual(said);
  });

  it('outlives a rotation of the root secret, until its generation is dropped', async () => {
    const said = await sample(before);
    const token = await mintJobToken(before, said);
    expect(await readJobToken(after, token)).toEqual(said);
    expect(await readJobToken(alone, token)).toBeNull();
  });

  it('names a key of another generation than its own', async () => {
    const said = await sample(before);
    const token = await mintJobToken(after, said);
    expect(await readJobToken(after, token)).toEqual(said);
    expect(await readJobToken(alone, token)).toBeNull();
  });

  it('is none with any one bit of it flipped, cut short, made longer, or spelt another way', async () => {
    const token = await mintJobToken(before, await sample(before));
    const bytes = Uint8Array.fromBase64(token.slice(4), { alphabet: 'base64url' });
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = bytes.slice();
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const text = `hwt_${flipped.toBase64({ alphabet: 'base64url', omitPadding: true })}`;
      expect(await readJobToken(before, text), `bit ${bit}`).toBeNull();
    }
    for (let length = 0; length < token.length; length++) {
      expect(await readJobToken(before, token.slice(0, length))).toBeNull();
    }
    const spelt = [
      `${token}A`,
      `${token}=`,
      ` ${token}`,
      `${token}\n`,
      token.slice(4),
      `HWT_${token.slice(4)}`,
    ];
    for (const text of [...spelt, `hwt_${'A'.repeat(200)}`, 'hwt_', 'hwt_%']) {
      expect(await readJobToken(before, text), text).toBeNull();
    }
  });
});
