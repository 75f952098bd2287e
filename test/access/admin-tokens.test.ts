/** Several tokens of the operator at once, so that one takes the place of another without a moment between. */
import { createExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { expect, it } from 'vitest';
import { createApp } from '../../src/app';
import { configOf, type Env } from '../../src/config';
import { ORIGIN } from '../support/client';

const [NEW, OLD, OTHER] = ['new', 'old', 'other'].map((name) => `${name}-${name[0]?.repeat(32)}`) as [
  string,
  string,
  string,
];

async function statusOf(ADMIN_TOKEN: string, shown: string): Promise<number> {
  const request = new Request(`${ORIGIN}/admin/orgs`, { headers: { Authorization: `Bearer ${shown}` } });
  const answer = await createApp().fetch(request, { ...(env as Env), ADMIN_TOKEN }, createExecutionContext());
  return answer.status;
}

it('each of them opens the operator’s routes, and nothing made of them does', async () => {
  const both = `${NEW}, ${OLD}`;
  expect([await statusOf(both, NEW), await statusOf(both, OLD)]).toEqual([200, 200]);
  for (const bad of [OTHER, both, `${NEW},${OLD}`, NEW + OLD, NEW.slice(1), `${OLD}x`, ','])
    expect(await statusOf(both, bad), bad).toBe(401);
  expect([await statusOf(NEW, OLD), await statusOf(NEW, NEW)]).toEqual([401, 200]);
});

it('one that no Authorization header can show is refused, and one of all that it can opens', async () => {
  const odd = `${'a'.repeat(32)}!`;
  for (const bad of [odd, 'correct-horse!battery@staple#0123456789', 'ä'.repeat(32), `${NEW} ${OLD}`])
    for (const ADMIN_TOKEN of [bad, `${NEW},${bad}`])
      expect(() => configOf({ ...(env as Env), ADMIN_TOKEN }), bad).toThrow(/^ADMIN_TOKEN may hold only/);
  const all = 'abcxyzABCXYZ0123456789-._~+/abcdef==';
  expect(await statusOf(all, all)).toBe(200);
});

it('one that is too short among them is refused as the only one is', () => {
  for (const ADMIN_TOKEN of ['', 'short', `${NEW},short`, `${NEW},`, `,${NEW}`])
    expect(() => configOf({ ...(env as Env), ADMIN_TOKEN })).toThrow(/ADMIN_TOKEN is missing or shorter/);
});
