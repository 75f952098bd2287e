import { env } from 'cloudflare:workers';
import { expect, it } from 'vitest';
import { configOf } from '../../../src/config';
import { SERVICE } from '../../../src/domain/audit/audit-record';
import { authenticate, CREDENTIAL_LIFE } from '../../../src/services/access/authenticate';
import { revokeKey } from '../../../src/services/organizations/keys';
import { makeClient } from '../../support/client';

/** The memory of credentials, called alone with times of the test's own. */

it('believes a key for half a minute at most, whatever became of it', async () => {
  const { key, keyId, organization } = await makeClient();
  const config = configOf(env);
  const at = (now: number) => authenticate(env, config, key, now);
  const now = Date.now() + 1_000_000;
  expect(await at(now)).toMatchObject({
    ok: true,
    value: { organization, actor: { kind: 'key', id: keyId } },
  });
  await revokeKey({ env, config, organization, principal: null, trace: SERVICE }, keyId);
  expect(await at(now + CREDENTIAL_LIFE)).toEqual({ ok: true, value: null });
  expect(CREDENTIAL_LIFE).toBeLessThanOrEqual(30_000);
});

it('remembers no refusal: a key works as soon as it exists', async () => {
  const { key, keyId, organization } = await makeClient();
  const config = configOf(env);
  const wrong = await authenticate(env, config, `${key.slice(0, -1)}x`, Date.now());
  expect(wrong).toEqual({ ok: true, value: null });
  const right = await authenticate(env, config, key, Date.now());
  expect(right).toMatchObject({ ok: true, value: { organization, actor: { kind: 'key', id: keyId } } });
});
