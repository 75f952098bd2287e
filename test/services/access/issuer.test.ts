/** A session that is the JWT of any OpenID issuer. */
import { env } from 'cloudflare:workers';
import { beforeAll, expect, it } from 'vitest';
import type { Env } from '../../../src/config';
import type { Client } from '../../support/client';
import { holders } from '../../support/session-holder';
import { makeMembers, Provider } from '../../support/sessions';

const provider = new Provider('issuer.sessions.test');
const signed = (more: object) => provider.signed(more);
const PROVIDER = provider.url;
const SET: Env = { ...env, SESSION_API: PROVIDER };
const SECOND = 1_000;

let client: Client;
let external: string;
/** An isolate of its own. */
let set: Env;
beforeAll(async () => {
  ({ client, external } = await makeMembers());
});

const { look, outcome } = holders(() => set);

const ISSUER = { SESSION_ISSUER: PROVIDER, SESSION_AUDIENCE: 'headway', SESSION_ROLES: '{"ops": ["*"]}' };
const now = () => Math.floor(Date.now() / SECOND);
const claims = (more: object = {}) => ({
  ...{
    iss: PROVIDER,
    aud: 'headway',
    sub: 'auth0|ada',
    exp: now() + 300,
    org_id: external,
    roles: ['ops'],
  },
  ...more,
});

it('the JWT of any issuer is enough, for changes too, its claims named by settings', async () => {
  set = { ...SET, ...ISSUER, SESSION_JWKS: `${PROVIDER}/keys` };
  const before = (await provider.tell('asked')).authenticate;
  for (const acts of [false, true])
    expect(await look(await signed(claims()), { acts })).toMatchObject({
      organization: client.organization,
      actor: { kind: 'member', id: 'auth0|ada' },
      permissions: expect.arrayContaining(['job:create']),
    });
  set = { ...set, SESSION_ORG_CLAIM: 'https://app.example/org', SESSION_ROLES_CLAIM: 'custom.groups' };
  const named = claims({
    org_id: null,
    'https://app.example/org': external,
    custom: { groups: 'ops, dev' },
  });
  expect(await look(await signed(named))).toMatchObject({
    permissions: expect.arrayContaining(['job:create']),
  });
  expect(await outcome(await signed(claims()))).toBe('nobody');
  expect((await provider.tell('asked')).authenticate).toBe(before);
});

it('lasts to its expiry and an hour at most, and says when it was made', async () => {
  set = { ...SET, ...ISSUER, SESSION_JWKS: `${PROVIDER}/keys` };
  const iat = now();
  const long = await signed(claims({ exp: iat + 86_400, iat }));
  const at = (jwt: string, seconds: number) => outcome(jwt, { now: (iat + seconds) * SECOND });
  expect([await at(long, 0), await at(long, 3_600), await at(long, 3_606)]).toEqual([
    'auth0|ada',
    'auth0|ada',
    'nobody',
  ]);
  expect(await at(await signed(claims({ exp: iat + 86_400, iat: null })), 0)).toBe('nobody');
  expect(await at(await signed(claims({ exp: iat + 86_400, iat: iat + 60 })), 0)).toBe('nobody');
});

it('has its keys where its own description says, below itself alone', async () => {
  set = { ...SET, ...ISSUER };
  expect(await outcome(await signed(claims()))).toBe('auth0|ada');
  // Its description names itself as another.
  set = { ...SET, ...ISSUER, SESSION_ISSUER: `${PROVIDER}/` };
  expect(await outcome(await signed(claims({ iss: `${PROVIDER}/` })))).toBe('unavailable');
});
