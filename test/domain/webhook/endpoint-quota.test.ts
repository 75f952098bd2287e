import { describe, expect, it } from 'vitest';
import { STANDARD_LIMITS } from '../../../src/domain/access/limits';
import { refuseEndpoint, refuseUrl, slotsOf } from '../../../src/domain/webhook/endpoint-quota';
import { WEBHOOK_SLOTS } from '../../../src/domain/webhook/webhook';

/** Endpoints, of which the `n`th has the URL that `urlOf` gives it. */
function endpoints(count: number, urlOf: (n: number) => string) {
  return Array.from({ length: count }, (_, n) => ({ webhook_id: `w${n}`, url: urlOf(n) }));
}

const far = (n: number) => `https://r${n}.example/`;
const near = (n: number) => `https://r.example:${1_000 + n}/${n}`;

describe('the deliveries of an organization', () => {
  const limits = { ...STANDARD_LIMITS, deliveries: 40, deliveries_per_host: 12 };

  it.each([
    ['few', endpoints(3, far), far(0), WEBHOOK_SLOTS],
    ['as many as have all of theirs', endpoints(10, far), far(0), 4],
    ['more', endpoints(15, far), far(0), 2],
    ['as many as there may be', endpoints(40, far), far(0), 1],
    ['few at one host', endpoints(3, near), near(0), 4],
    ['more at one host, by any port', endpoints(5, near), near(0), 2],
    ['many at one host and one elsewhere', [...endpoints(9, near), ...endpoints(1, far)], far(0), 4],
  ])('are shared out among its endpoints: %s', (_what, all, url, slots) => {
    expect(slotsOf(url, all, limits)).toBe(slots);
  });

  it('are never more than there may be, however its endpoints lie', () => {
    for (let count = 1; count <= 12; count++) {
      const all = endpoints(count, near);
      const sum = all.reduce((slots, { url }) => slots + slotsOf(url, all, limits), 0);
      expect(sum).toBeLessThanOrEqual(12);
    }
    for (let count = 1; count <= 40; count++) {
      const all = endpoints(count, far);
      const sum = all.reduce((slots, { url }) => slots + slotsOf(url, all, limits), 0);
      expect(sum).toBeLessThanOrEqual(40);
    }
  });

  it('have room for one of each endpoint: no more endpoints are made than that', () => {
    const one = { webhook_id: 'new', url: near(99) };
    expect(refuseEndpoint(one, endpoints(11, near), limits)).toBeNull();
    expect(refuseEndpoint(one, endpoints(12, near), limits)?.detail).toMatch(
      /\b12 endpoints at this host.*be 12\b/,
    );
    expect(refuseUrl(near(99), 'w0', endpoints(12, near), limits)).toBeNull();
    expect(refuseUrl(near(99), 'far', endpoints(12, near), limits)?.code).toBe('quota_exceeded');
    expect(refuseEndpoint(one, endpoints(39, far), limits)).toBeNull();
    expect(refuseEndpoint(one, endpoints(40, far), limits)?.detail).toMatch(/\b40 endpoints in.*be 40\b/);
  });
});

describe('endpoints at one URL', () => {
  const url = 'https://r.example/hook';
  const all = endpoints(4, () => url);

  it('are four at most, and one that has it keeps it', () => {
    expect(refuseEndpoint({ webhook_id: 'new', url }, all.slice(1), STANDARD_LIMITS)).toBeNull();
    expect(refuseEndpoint({ webhook_id: 'new', url }, all, STANDARD_LIMITS)?.code).toBe('quota_exceeded');
    expect(refuseUrl(url, 'w0', all, STANDARD_LIMITS)).toBeNull();
    expect(
      refuseUrl(
        'https://R.example/hook',
        'w0',
        endpoints(5, () => url),
        STANDARD_LIMITS,
      ),
    ).toBeNull();
    expect(refuseUrl(undefined, 'new', all, STANDARD_LIMITS)).toBeNull();
    expect(refuseUrl(`${url}/other`, 'new', all, STANDARD_LIMITS)).toBeNull();
  });

  it.each([
    'https://R.EXAMPLE/hook',
    'https://r.example:443/hook',
    'https://r.example./hook',
    'https:r.example/hook',
  ])('are four in whatever spelling: %s', (spelling) => {
    expect(refuseEndpoint({ webhook_id: 'new', url: spelling }, all, STANDARD_LIMITS)?.detail).toMatch(
      /this URL/,
    );
    expect(slotsOf(url, [...all, ...endpoints(15, () => spelling)], STANDARD_LIMITS)).toBe(3);
  });
});
