/** Whether a browser says that a page of another origin had it send a request (behaviour §4). */
import { env } from 'cloudflare:workers';
import { expect, it } from 'vitest';
import { configOf } from '../../src/config';
import { isFromElsewhere } from '../../src/http/page-origin';

const OWN = 'https://headway.test';

function fromElsewhere(
  headers: Record<string, string>,
  { url = `${OWN}/api/jobs`, ...set } = {} as Record<string, string>,
) {
  return isFromElsewhere({ url, headers: new Headers(headers), config: configOf({ ...env, ...set }) });
}

it('a client that says nothing is no browser', () => {
  expect(fromElsewhere({})).toBe(false);
  expect(fromElsewhere({ Referer: 'https://evil.example/' })).toBe(false);
});

it('Sec-Fetch-Site decides where it is there', () => {
  for (const site of ['same-origin', 'none'])
    expect(fromElsewhere({ 'Sec-Fetch-Site': site }), site).toBe(false);
  for (const site of [
    'cross-site',
    'same-site',
    '',
    'Same-Origin',
    'same-origin, same-origin',
    'none, cross-site',
  ])
    expect(fromElsewhere({ 'Sec-Fetch-Site': site, Origin: OWN }), site).toBe(true);
});

it('without it Origin does', () => {
  expect(fromElsewhere({ Origin: OWN })).toBe(false);
  for (const origin of [
    'null',
    '',
    'http://headway.test',
    'https://headway.test:8443',
    'https://headway.test.evil.example',
    'https://sub.headway.test',
    `${OWN}, ${OWN}`,
    `${OWN}/`,
  ])
    expect(fromElsewhere({ Origin: origin }), origin).toBe(true);
});

it('plain HTTP may have come by https, of which its page says so; never the other way round', () => {
  const url = 'http://headway.test/api/jobs';
  expect(fromElsewhere({ Origin: OWN }, { url })).toBe(false);
  expect(fromElsewhere({ Origin: 'http://headway.test' }, { url })).toBe(false);
  expect(fromElsewhere({ Origin: 'http://headway.test' })).toBe(true);
});

it('where links lead is its own origin too, whatever host a proxy names', () => {
  const url = 'http://127.0.0.1:8787/api/jobs';
  expect(fromElsewhere({ Origin: OWN }, { url })).toBe(true);
  expect(fromElsewhere({ Origin: OWN }, { url, PUBLIC_URL: OWN })).toBe(false);
});

it('an origin of the list is allowed, exactly as it is written there', () => {
  const set = { SESSION_ORIGINS: 'https://app.example, https://other.example:8443' };
  for (const site of [{}, { 'Sec-Fetch-Site': 'cross-site' }] as Record<string, string>[]) {
    for (const origin of ['https://app.example', 'https://other.example:8443'])
      expect(fromElsewhere({ ...site, Origin: origin }, set)).toBe(false);
    for (const origin of ['https://other.example', 'http://app.example', 'https://x.app.example', 'null'])
      expect(fromElsewhere({ ...site, Origin: origin }, set)).toBe(true);
  }
  expect(fromElsewhere({ 'Sec-Fetch-Site': 'cross-site' }, set)).toBe(true);
});
