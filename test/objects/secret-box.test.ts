import { expect, it } from 'vitest';
import { parseRoots } from '../../src/domain/access/root-secret';
import { SecretBox } from '../../src/objects/kit/secret-box';

const [a, b] = ['a', 'b'].map((letter) => letter.repeat(40)) as [string, string];
const box = new SecretBox(parseRoots(a));
const CONTEXT = 'acme\0wh_1';

it('opens what it sealed, for the same context alone', async () => {
  const sealed = await box.seal('whsec_secret', CONTEXT);
  expect(sealed).not.toContain('secret');
  expect(sealed).not.toBe(await box.seal('whsec_secret', CONTEXT));
  expect(await box.open(sealed, CONTEXT)).toBe('whsec_secret');
  await expect(box.open(sealed, 'acme\0wh_2')).rejects.toThrow();
  await expect(box.open(sealed, 'other\0wh_1')).rejects.toThrow();
});

it('refuses what was altered', async () => {
  const sealed = await box.seal('whsec_secret', CONTEXT);
  for (let index = 2; index < sealed.length; index += 5) {
    const other = sealed[index] === 'A' ? 'B' : 'A';
    await expect(
      box.open(sealed.slice(0, index) + other + sealed.slice(index + 1), CONTEXT),
    ).rejects.toThrow();
  }
  await expect(box.open('', CONTEXT)).rejects.toThrow();
});

it('a root secret that moved on opens what the older sealed, and says that it is not current', async () => {
  const sealed = await box.seal('whsec_secret', CONTEXT);
  const next = new SecretBox(parseRoots(`1:${b},0:${a}`));
  expect(box.isCurrent(sealed)).toBe(true);
  expect(next.isCurrent(sealed)).toBe(false);
  expect(await next.open(sealed, CONTEXT)).toBe('whsec_secret');
  expect(next.isCurrent(await next.seal('whsec_secret', CONTEXT))).toBe(true);
  const later = new SecretBox(parseRoots(`1:${b}`));
  await expect(later.open(sealed, CONTEXT)).rejects.toThrow('root secret 0');
});
