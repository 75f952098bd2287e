/** Who a session speaks for, by the clock that is passed in; the provider is a server that is slow, away, wrong, rotating. */
import { env } from 'cloudflare:workers';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Env } from '../../../src/config';
import type { Client } from '../../support/client';
import { holders } from '../../support/session-holder';
import { makeMembers, nameOrganization, Provider, type SignIn } from '../../support/sessions';

/** One of its own: it is told to be away. */
const provider = new Provider('moody.sessions.test');
const tell = (verb: string, body?: unknown) => provider.tell(verb, body);
const signIn = (at: string, who?: SignIn) => provider.signIn(at, who);
const signed = (claims: object, header?: Record<string, string>) => provider.signed(claims, header);
const PROVIDER = provider.url;
const SET: Env = { ...env, SESSION_API: PROVIDER };

let client: Client;
let external: string;
/** An isolate of its own. */
let set: Env;
beforeAll(async () => {
  ({ client, external } = await makeMembers());
});
beforeEach(() => {
  set = { ...SET };
});
afterEach(async () => {
  await tell('mood', { mood: 'good' });
});

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

const { look, outcome } = holders(() => set);

describe('a session’s token', () => {
  it('is its member, with what its roles may do', async () => {
    const { session_token } = await signIn(external, { member_id: 'ada', roles: ['stytch_admin', 'other'] });
    expect(await look(session_token)).toMatchObject({
      organization: client.organization,
      actor: { kind: 'member', id: 'ada' },
      permissions: expect.arrayContaining(['job:create', 'key:manage']),
    });
    const plain = await signIn(external, { roles: ['stytch_member'] });
    expect(await look(plain.session_token)).toMatchObject({ permissions: ['job:read'] });
    const none = await signIn(external, { roles: ['other'] });
    expect(await look(none.session_token)).toMatchObject({ permissions: [] });
  });

  it('means by its roles what SESSION_ROLES says', async () => {
    set = { ...SET, SESSION_ROLES: '{"worker": ["job:create", "job:read"], "stytch_member": []}' };
    const { session_token } = await signIn(external, { roles: ['worker', 'stytch_member', 'stytch_admin'] });
    expect(await look(session_token)).toMatchObject({ permissions: ['job:create', 'job:read'] });
  });

  it('is believed for 30 s and no longer; one that is none is asked about each time', async () => {
    const { session_token } = await signIn(external);
    const now = Date.now();
    const asked = async () => (await tell('asked')).authenticate;
    const before = await asked();
    expect(await outcome(session_token, { now })).toBe('member-test-1');
    await tell('revoke', { session_token });
    expect(await outcome(session_token, { now: now + 29_999 })).toBe('member-test-1');
    expect(await asked()).toBe(before + 1);
    for (const n of [1, 2]) {
      expect(await outcome(session_token, { now: now + 30_000 })).toBe('nobody');
      expect(await asked()).toBe(before + 1 + n);
    }
  });

  it('is believed no more once the provider has said that it is none', async () => {
    const { session_token } = await signIn(external);
    const now = Date.now();
    expect(await outcome(session_token, { now })).toBe('member-test-1');
    await tell('revoke', { session_token });
    expect(await outcome(session_token, { now: now + 2 * SECOND, believed: SECOND })).toBe('nobody');
    expect(await outcome(session_token, { now: now + 3 * SECOND })).toBe('nobody');
  });

  it('is asked about once by all who show it at a time', async () => {
    const { session_token } = await signIn(external);
    const before = (await tell('asked')).authenticate;
    const found = await Promise.all(Array.from({ length: 20 }, () => outcome(session_token)));
    expect(new Set(found)).toEqual(new Set(['member-test-1']));
    expect((await tell('asked')).authenticate).toBe(before + 1);
  });

  it('ends when its session does, though it is believed', async () => {
    const { session_token } = await signIn(external, { expires_in: 10 });
    const now = Date.now();
    expect(await outcome(session_token, { now })).toBe('member-test-1');
    expect(await outcome(session_token, { now: now + 9 * SECOND })).toBe('member-test-1');
    expect(await outcome(session_token, { now: now + 11 * SECOND })).toBe('nobody');
  });

  it('has no end where its own can’t be written with a year of four digits', async () => {
    const seconds = 300_000_000_000;
    const endless = await signIn(external, { expires_in: seconds, jwt_expires_in: seconds * 100 });
    for (const text of [endless.session_token, endless.session_jwt])
      expect(await look(text)).toMatchObject({ organization: client.organization, until: null });
  });

  it('is nobody’s for an organization that the provider’s is not', async () => {
    const { session_token, session_jwt } = await signIn('organization-test-unknown', {
      roles: ['stytch_admin'],
    });
    for (const text of [session_token, session_jwt]) expect(await outcome(text)).toBe('nobody');
  });

  it('moves with the id that the operator gives, within 30 s', async () => {
    const mine = await makeMembers();
    const { session_token } = await signIn(mine.external);
    const now = Date.now();
    expect(await outcome(session_token, { now })).toBe('member-test-1');
    await nameOrganization(mine.client.organization, null);
    expect(await outcome(session_token, { now: now + 30_000 })).toBe('nobody');
  });

  it('is 503 and lets nobody in while the provider is slow, away, wrong or refuses us', {
    timeout: 60_000,
  }, async () => {
    const { session_token } = await signIn(external);
    for (const mood of ['away', 'wrong', 'slow']) {
      set = { ...SET, SESSION_TIMEOUT_MS: '1000' };
      await tell('mood', { mood });
      const began = Date.now();
      expect(await outcome(session_token), mood).toBe('unavailable');
      expect(Date.now() - began).toBeLessThan(8_000);
    }
    await tell('mood', { mood: 'good' });
    set = { ...SET, SESSION_SECRET: 'not-the-secret' };
    expect(await outcome(session_token)).toBe('unavailable');
    set = { ...SET };
    expect(await outcome(session_token)).toBe('member-test-1');
  });
});

describe('a JWT', () => {
  const asked = async () => (await tell('asked')) as { authenticate: number; jwks: number };
  const claims = (more: object = {}) => ({
    iss: `stytch.com/${env.SESSION_PROJECT}`,
    aud: [env.SESSION_PROJECT],
    sub: 'ada',
    exp: Math.floor(Date.now() / SECOND) + 300,
    'https://stytch.com/organization': { organization_id: external },
    'https://stytch.com/session': { id: 's', roles: ['stytch_admin'] },
    ...more,
  });

  it('is enough for a read; a change asks the provider', async () => {
    const { session_jwt, session_token } = await signIn(external, { member_id: 'ada' });
    const before = await asked();
    for (const jwtOnly of [true, false]) expect(await outcome(session_jwt, { jwtOnly })).toBe('ada');
    expect(await asked()).toEqual({ authenticate: before.authenticate, jwks: before.jwks + 1 });
    expect(await outcome(session_jwt, { acts: true })).toBe('ada');
    expect((await asked()).authenticate).toBe(before.authenticate + 1);
    await tell('revoke', { session_token });
    const later = Date.now() + 30_000;
    expect(await outcome(session_jwt, { now: later })).toBe('ada');
    expect(await outcome(session_jwt, { acts: true, now: later })).toBe('nobody');
  });

  it('is enough for reads alone while the provider is away', async () => {
    const { session_jwt } = await signIn(external);
    expect(await outcome(session_jwt)).toBe('member-test-1');
    await tell('mood', { mood: 'away' });
    expect(await outcome(session_jwt)).toBe('member-test-1');
    expect(await outcome(session_jwt, { acts: true })).toBe('unavailable');
  });

  it('is read under both names of its issuer', async () => {
    for (const iss of [`stytch.com/${env.SESSION_PROJECT}`, PROVIDER, `${PROVIDER}/`])
      expect(await outcome(await signed(claims({ iss }))), iss).toBe('ada');
  });

  it('is nobody’s with another issuer, audience or organization, without one, and unsigned', async () => {
    const bad: [string, object][] = [
      ['issuer', { iss: 'stytch.com/project-other' }],
      ['issuer', { iss: null }],
      ['audience', { aud: ['project-other'] }],
      ['audience', { aud: null }],
      ['organization', { 'https://stytch.com/organization': null }],
      ['organization', { 'https://stytch.com/organization': { organization_id: 7 } }],
      ['organization', { 'https://stytch.com/organization': { organization_id: '' } }],
      ['member', { sub: null }],
      ['expiry', { exp: null }],
      ['not yet', { nbf: Math.floor(Date.now() / SECOND) + 60 }],
    ];
    for (const [name, more] of bad) expect(await outcome(await signed(claims(more))), name).toBe('nobody');
    const good = await signed(claims());
    const [head, body, signature = ''] = good.split('.');
    const none = btoa('{"alg":"none"}').replace(/=+$/, '');
    const altered = signature.startsWith('A') ? `B${signature.slice(1)}` : `A${signature.slice(1)}`;
    for (const forged of [`${none}.${body}.x`, `${head}.${body}.${altered}`, `${head}.${body}.x`, 'a.b.c'])
      expect(await outcome(forged), forged).toBe('nobody');
    expect(await outcome(good)).toBe('ada');
  });

  it('ends with its expiry, by a clock that may be 5 s off', async () => {
    const exp = Math.floor(Date.now() / SECOND) + 100;
    const jwt = await signed(claims({ exp }));
    const at = (seconds: number) => outcome(jwt, { now: (exp + seconds) * SECOND });
    expect([await at(-1), await at(4), await at(6)]).toEqual(['ada', 'ada', 'nobody']);
  });

  it('signed with a rotated key is taken up within 10 s, though strangers name keys that nobody has', async () => {
    const old = await signed(claims());
    const now = Date.now();
    expect(await outcome(old, { now })).toBe('ada');
    await tell('rotate');
    const fresh = await signed(claims({ sub: 'eve' }));
    const before = (await asked()).jwks;
    const strange = await signed(claims(), { kid: 'nobody-has-it' });
    for (let n = 0; n < 50; n++) expect(await outcome(strange, { now: now + n * 200 })).toBe('nobody');
    expect((await asked()).jwks - before).toBe(0);
    expect(await outcome(strange, { now: now + 9_999 })).toBe('nobody');
    expect(await outcome(fresh, { now: now + 10_000 })).toBe('eve');
    for (let n = 0; n < 50; n++)
      expect(await outcome(strange, { now: now + 10_000 + n * 199 })).toBe('nobody');
    expect((await asked()).jwks - before).toBe(1);
    expect(await outcome(old, { now: now + 10_001 })).toBe('nobody');
  });

  it('signed with a rotated key is taken up though the keys were had by a clock that was ahead', async () => {
    const exp = Math.floor(Date.now() / SECOND) + 7_200;
    const now = Date.now();
    expect(await outcome(await signed(claims({ exp })), { now: now + 60 * MINUTE })).toBe('ada');
    await tell('rotate');
    expect(await outcome(await signed(claims({ exp, sub: 'eve' })), { now })).toBe('eve');
  });

  it('with a withdrawn key lives on for ten minutes at most, though the provider is away', async () => {
    const exp = Math.floor(Date.now() / SECOND) + 3_600;
    const old = await signed(claims({ exp }));
    const now = Date.now();
    expect(await outcome(old, { now })).toBe('ada');
    await tell('rotate');
    expect(await outcome(old, { now: now + 4.9 * MINUTE })).toBe('ada');
    await tell('mood', { mood: 'away' });
    expect(await outcome(old, { now: now + 5 * MINUTE })).toBe('ada');
    expect(await outcome(old, { now: now + 9.9 * MINUTE })).toBe('ada');
    expect(await outcome(old, { now: now + 10 * MINUTE })).toBe('unavailable');
    await tell('mood', { mood: 'good' });
    expect(await outcome(old, { now: now + 11 * MINUTE })).toBe('nobody');
  });

  it('with a withdrawn key is none after five minutes where the provider is there', async () => {
    const exp = Math.floor(Date.now() / SECOND) + 3_600;
    const old = await signed(claims({ exp }));
    const now = Date.now();
    expect(await outcome(old, { now })).toBe('ada');
    await tell('rotate');
    expect(await outcome(old, { now: now + 5 * MINUTE })).toBe('nobody');
  });
});

it('the provider away for ten minutes: 503 for all it alone knows, nobody is let in, and all is well after', async () => {
  const { session_token, session_jwt } = await signIn(external, { expires_in: 7_200, jwt_expires_in: 3_600 });
  const unseen = await signIn(external, { expires_in: 7_200, jwt_expires_in: 3_600 });
  const start = Date.now();
  expect(await outcome(session_token, { now: start })).toBe('member-test-1');
  expect(await outcome(session_jwt, { now: start })).toBe('member-test-1');
  await tell('mood', { mood: 'away' });
  for (let minute = 1; minute <= 10; minute++) {
    const now = start + minute * MINUTE;
    for (const text of [session_token, unseen.session_token, 'garbage']) {
      expect(await outcome(text, { now }), `${minute} min`).toBe('unavailable');
    }
    for (const text of [session_jwt, unseen.session_jwt]) {
      expect(await outcome(text, { now, acts: true })).toBe('unavailable');
      expect(await outcome(text, { now })).toBe(minute < 10 ? 'member-test-1' : 'unavailable');
    }
  }
  await tell('mood', { mood: 'good' });
  const after = start + 11 * MINUTE;
  expect(await outcome(session_token, { now: after })).toBe('member-test-1');
  expect(await outcome(session_jwt, { now: after, acts: true })).toBe('member-test-1');
  expect(await outcome('garbage', { now: after })).toBe('nobody');
});

describe('without a provider', () => {
  it('nothing is a session', async () => {
    const { session_token, session_jwt } = await signIn(external);
    const { SESSION_API: _, SESSION_PROJECT: __, SESSION_SECRET: ___, ...bare } = SET;
    set = bare;
    const before = await tell('asked');
    for (const text of [session_token, session_jwt])
      expect(await outcome(text, { acts: true })).toBe('nobody');
    expect(await tell('asked')).toEqual(before);
  });
});
