/** Which one credential a request shows, of all the places where one may stand (behaviour §4). */
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import page from '../../docs/access.md?raw';
import { configOf, type Env } from '../../src/config';
import type { Endpoint } from '../../src/http/endpoint';
import { isAmbient, ownCookie, presentedCredential } from '../../src/http/presented-credential';

type Taken = Pick<Endpoint, 'access' | 'token'>;
const TENANT: Taken = { access: 'job:read' };
const STREAM: Taken = { access: 'job:read', token: { scope: 'read', from: 'query' } };
const WITH_HEADER = { ...env, SESSION_HEADER: 'Cf-Access-Jwt-Assertion' };

function shown(headers: HeadersInit, { url = 'https://headway.test/', of = TENANT, set = env as Env } = {}) {
  const search = new URL(url).searchParams;
  return presentedCredential(of, {
    config: configOf(set),
    url,
    headers: new Headers(headers),
    search,
    params: {},
  });
}
const cookie = (text: string) => shown({ Cookie: text });

describe('of several cookies', () => {
  const ALL = '__Host-headway_session=o; stytch_session=t; stytch_session_jwt=j';

  it('our own comes first, then the session, then its JWT', () => {
    expect(cookie(ALL)).toEqual({ by: 'own', text: 'o' });
    expect(cookie(ALL.replace('__Host-', 'x'))).toEqual({ by: 'session', text: 't' });
    expect(cookie('a=b; stytch_session_jwt=j')).toEqual({ by: 'session_jwt', text: 'j' });
    expect(cookie('stytch_session_jwt=j; stytch_session=t')).toEqual({ by: 'session', text: 't' });
  });

  it('the first that is there is the only one looked at, though nothing can be read in it', () => {
    for (const bad of ['', ' ', '"t"', 'a b', 'a,b', 'ü', 'x'.repeat(8_193)])
      expect(cookie(`stytch_session=${bad}; stytch_session_jwt=j`), bad).toBeNull();
  });

  it('one that is sent twice is none, be it in one field or in two that arrive joined', () => {
    for (const twice of [
      'stytch_session=t; stytch_session=t',
      'stytch_session=t, stytch_session=t',
      'stytch_session=t; a=b, stytch_session=u',
      'a=b, stytch_session=t',
    ])
      expect(cookie(twice), twice).toBeNull();
    const headers = new Headers();
    headers.append('Cookie', 'stytch_session=t');
    headers.append('Cookie', 'stytch_session=t');
    expect(shown(headers)).toBeNull();
  });

  it('a name is the whole of it', () => {
    for (const other of [
      'xstytch_session=t',
      'stytch_session2=t',
      'Stytch_Session=t',
      'a=stytch_session=t',
      'stytch_session',
    ])
      expect(cookie(other)?.by, other).toBeUndefined();
  });
});

it('docs/access.md lists the places in the order in which they are looked at', () => {
  const table = page.split('| the first that is there, and no other | |')[1]?.split('\n\n')[0] ?? '';
  const listed = [...table.matchAll(/^\| .*?`([\w-]+)`.* \|$/gm)].map(([, name = '']) => name);
  const jwt = 'a.b.c';
  const headers: [name: string, header: string, value: string][] = [
    ['Authorization', 'Authorization', `Bearer hw_acme`],
    ['SESSION_HEADER', 'Cf-Access-Jwt-Assertion', jwt],
    ...['__Host-headway_session', 'stytch_session', 'stytch_session_jwt'].map(
      (name): [string, string, string] => [name, 'Cookie', `${name}=${jwt}`],
    ),
  ];
  const found: string[] = [];
  const by = { bearer: 0, header: 1, own: 2, session: 3, session_jwt: 4 };
  for (let left = headers; left.length > 0; ) {
    const all = Map.groupBy(left, ([, header]) => header);
    const fields = [...all].map(([header, some]): [string, string] => [
      header,
      some.map(([, , value]) => value).join('; '),
    ]);
    const place = shown(fields, { set: WITH_HEADER as Env })?.by ?? 'bearer';
    const [name] = headers[by[place]] ?? [''];
    found.push(name);
    left = left.filter(([other]) => other !== name);
  }
  expect(listed).toEqual(found);
});

describe('our own cookie without its prefix', () => {
  const headers = { Cookie: 'headway_session=o' };
  it.each(['http://127.0.0.1:8787/', 'http://localhost/', 'http://[::1]:8787/'])('is read at %s', (url) => {
    expect(shown(headers, { url })).toEqual({ by: 'own', text: 'o' });
    expect(ownCookie({ url, headers: new Headers(), config: configOf(env) })).toEqual({
      name: 'headway_session',
      secure: false,
    });
  });
  it.each(['https://127.0.0.1:8787/', 'http://headway.test/', 'http://127.0.0.1.evil.test/'])(
    'is none at %s',
    (url) => {
      expect(shown(headers, { url })).toBeNull();
      expect(ownCookie({ url, headers: new Headers(), config: configOf(env) }).name).toBe(
        '__Host-headway_session',
      );
    },
  );
  it('is none behind a proxy of one’s own that was called by https', () => {
    const set = { ...env, TRUST_PROXY: '1' };
    const url = 'http://127.0.0.1:8787/';
    expect(shown({ ...headers, 'X-Forwarded-Proto': 'https' }, { url, set })).toBeNull();
    expect(shown({ ...headers, 'X-Forwarded-Proto': 'http' }, { url, set })).toEqual({
      by: 'own',
      text: 'o',
    });
  });
});

describe('beside what is said on purpose', () => {
  const Cookie = 'stytch_session=t';

  it('a cookie is ignored, though the Authorization header is a bad one', () => {
    expect(shown({ Cookie, Authorization: 'Bearer k' })).toEqual({ by: 'bearer', text: 'k' });
    for (const Authorization of ['', 'Basic x', 'Bearer a, Bearer b'])
      expect(shown({ Cookie, Authorization })).toBeNull();
  });

  it('a cookie is ignored where a token stands in the address', () => {
    const at = (query: string) => shown({ Cookie }, { of: STREAM, url: `https://headway.test/?${query}` });
    expect(at('token=hwt_a')).toEqual({ by: 'bearer', text: 'hwt_a' });
    for (const bad of ['token=', 'token=hw_key', 'token=hwt_a&token=hwt_b']) expect(at(bad), bad).toBeNull();
    expect(at('')).toEqual({ by: 'session', text: 't' });
  });

  it('neither the operator’s routes nor those of a token in the path read one', () => {
    expect(shown({ Cookie }, { of: { access: 'admin' } })).toBeNull();
    const of: Taken = { access: 'job:create', token: { scope: 'report', from: 'path' } };
    expect(shown({ Cookie }, { of })).toBeNull();
  });
});

it('the header of a proxy is read where it is named, before any cookie, if it is one JWT', () => {
  const headers = { 'Cf-Access-Jwt-Assertion': 'a.b.c', Cookie: 'stytch_session=t' };
  expect(shown(headers, { set: WITH_HEADER })).toEqual({ by: 'header', text: 'a.b.c' });
  expect(shown(headers)).toEqual({ by: 'session', text: 't' });
  for (const bad of ['', 'abc', 'a.b', 'a.b.c.d', 'a.b.c, a.b.c', 'Bearer a.b.c'])
    expect(shown({ ...headers, 'Cf-Access-Jwt-Assertion': bad }, { set: WITH_HEADER }), bad).toBeNull();
});

it('what a browser sends by itself is ambient, and nothing else', () => {
  expect(isAmbient(null)).toBe(false);
  expect(isAmbient({ by: 'bearer', text: 'k' })).toBe(false);
  for (const by of ['own', 'session', 'session_jwt', 'header'] as const)
    expect(isAmbient({ by, text: 't' })).toBe(true);
});

it('a header that means something else can’t be named, and an origin must be one', () => {
  for (const SESSION_HEADER of ['Authorization', 'cookie', 'Sec-Fetch-Site', 'a b', 'x:'])
    expect(() => configOf({ ...env, SESSION_HEADER })).toThrow('SESSION_HEADER');
  for (const SESSION_ORIGINS of [
    '*',
    'null',
    'app.example',
    'https://app.example/',
    'https://*.example',
    'ftp://a.example',
  ])
    expect(() => configOf({ ...env, SESSION_ORIGINS }), SESSION_ORIGINS).toThrow('SESSION_ORIGINS');
});
