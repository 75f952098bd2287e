import { describe, expect, it } from 'vitest';
import { checkDestination } from '../../../src/domain/webhook/destination';
import { ADDRESSES, BAD_NAMES, BAD_URLS, GOOD } from './destination-spellings';

const OWN = ['headway.example.com', 'Jobs.Example.net'];
const STRICT = { ownHosts: OWN, privateHosts: [], allowPrivate: false };
const PRIVATE = { ...STRICT, allowPrivate: true };

it('knows at least 200 spellings that are refused', () => {
  const all = new Set([...ADDRESSES.map((host) => `https://${host}/x`), ...BAD_NAMES, ...BAD_URLS]);
  expect(all.size).toBeGreaterThanOrEqual(200);
  expect(all.size).toBe(ADDRESSES.length + BAD_NAMES.length + BAD_URLS.length);
});

describe('refused everywhere', () => {
  it.each(ADDRESSES)('the address %j', (host) => {
    for (const url of [`https://${host}/`, `https://${host}:8443/hook?x=1`, `HTTPS://${host}`]) {
      expect(checkDestination(url, STRICT).ok, url).toBe(false);
    }
  });

  it.each(BAD_NAMES)('the name in %j', (url) => {
    expect(checkDestination(url, STRICT).ok).toBe(false);
  });

  it.each(BAD_URLS)('the URL %j', (url) => {
    expect(checkDestination(url, STRICT).ok).toBe(false);
    expect(checkDestination(url, PRIVATE).ok).toBe(false);
  });
});

it.each(GOOD)('%j is a destination', (url) => {
  const destination = checkDestination(url, STRICT);
  expect(destination).toMatchObject({ ok: true });
  if (destination.ok) expect(destination.url.href).toBe(new URL(url).href);
});

it('a URL of 2,048 characters is a destination, a longer one is not', () => {
  const stem = 'https://example.com/';
  expect(checkDestination(stem + 'a'.repeat(2_048 - stem.length), STRICT).ok).toBe(true);
  expect(checkDestination(stem + 'a'.repeat(2_049 - stem.length), STRICT).ok).toBe(false);
});

it.each([
  ['http://127.0.0.1:18500/hook', true],
  ['http://[::1]:18500/hook', true],
  ['http://localhost:18500/hook', true],
  ['https://localhost/hook', true],
  ['http://0x7f.1:18500/hook', true],
  ['http://example.com/hook', true],
  ['https://headway.example.com/', false],
  ['http://10.0.0.1/', false],
  ['http://169.254.169.254/latest/meta-data', false],
  ['http://192.168.0.1/', false],
  ['http://127.0.0.2/', false],
  ['http://[::ffff:127.0.0.1]/', false],
  ['http://printer.local/', false],
  ['http://metadata.internal/', false],
  ['ftp://127.0.0.1/', false],
  ['http://me:secret@127.0.0.1/', false],
])('in development %s: %s', (url, ok) => {
  expect(checkDestination(url, PRIVATE).ok).toBe(ok);
});

it.each([
  ['http://127.0.0.1:8787/hook', false],
  ['http://localhost:8787/hook', false],
  ['http://[::1]:8787/hook', false],
  ['http://0x7f.1:8787/hook', false],
  ['https://localhost:8787/hook', false],
  ['http://localhost:8788/hook', true],
  ['http://localhost/hook', true],
  ['https://headway.example.com:8443/hook', false],
  ['https://headway.example.com/hook', false],
])('a service on localhost:8787 in development: %s: %s', (url, ok) => {
  const ownHosts = ['localhost:8787', 'headway.example.com:9443'];
  const policy = { ownHosts, privateHosts: [], allowPrivate: true };
  expect(checkDestination(url, policy).ok).toBe(ok);
});

it.each([
  ['http://ntfy.lan:8080/topic', true],
  ['https://NTFY.lan.:8080/topic', true],
  ['http://ntfy.lan/topic', false],
  ['http://ntfy.lan:8081/topic', false],
  ['http://chat/hook', true],
  ['https://chat/hook', true],
  ['https://chat:8443/hook', false],
  ['http://10.0.0.5:9000/', true],
  ['http://10.0.0.5/', false],
  ['http://10.0.0.6:9000/', false],
  ['http://localhost:9000/', true],
  ['http://localhost:8787/', false],
  ['http://127.0.0.1:9000/', false],
  ['https://headway.example.com/', false],
  ['http://headway.example.com:9000/', false],
  ['http://example.com/', false],
  ['https://example.com/', true],
])('hosts that the operator allows though they are private: %s: %s', (url, ok) => {
  const privateHosts = ['ntfy.lan:8080', 'chat', '10.0.0.5:9000', 'localhost:9000', 'localhost:8787'];
  const ownHosts = [...OWN, 'localhost:8787'];
  const policy = {
    ownHosts,
    privateHosts: [...privateHosts, 'headway.example.com:9000'],
    allowPrivate: false,
  };
  const destination = checkDestination(url, policy);
  expect(destination).toMatchObject({ ok });
  if (destination.ok) expect(destination.listed).toBe(url !== 'https://example.com/');
});

it('says which private hosts are allowed', () => {
  const policy = { ...STRICT, privateHosts: ['ntfy.lan:8080', 'chat'] };
  for (const url of ['https://printer.lan.local/', 'http://example.com/', 'https://10.0.0.5/'])
    expect(checkDestination(url, policy)).toMatchObject({
      ok: false,
      reason: expect.stringMatching(/, unless it is one of ntfy\.lan:8080, chat$/),
    });
});

it('says what is wrong', () => {
  const reason = (url: string) => {
    const destination = checkDestination(url, STRICT);
    return destination.ok ? null : destination.reason;
  };
  expect(reason('http://example.com/')).toBe('must begin with https://');
  expect(reason('https://2130706433/')).toBe('must name its host, not give an address');
  expect(reason('https://intranet/')).toBe('must name a host with a domain');
  expect(reason('https://printer.local./')).toBe('must not name a host below local');
  expect(reason('https://jobs.example.net:444/')).toBe('must not be this service itself');
  expect(reason('https://HEADWAY.example.com./')).toBe('must not be this service itself');
  expect(reason('https://a:b@example.com/')).toBe('must not hold credentials');
  expect(reason('https://example.com/#')).toBe('must not have a fragment');
  expect(reason('nonsense')).toBe('must be an absolute URL');
});
