import { createExecutionContext, env } from 'cloudflare:test';
import { describe, expect, it } from 'vitest';
import { createApp } from '../../src/app';
import type { Env } from '../../src/config';
import { addressOf, householdOf } from '../../src/http/address';
import { SHIELD_WINDOW, Shield, windowEnds } from '../../src/http/shield';
import { type Client, makeClient, ORIGIN } from '../support/client';

const SECRET = 'hw_a_secret';
const { FIVE } = env as unknown as { FIVE: NonNullable<Env['SHIELD']> };

/** How many of `asks` were let through, all of them within one window. */
async function letThrough(asks: number, ask: (round: number) => Promise<boolean>): Promise<boolean[]> {
  for (let round = 0; ; round++) {
    const window = Math.floor(Date.now() / SHIELD_WINDOW);
    const answers: boolean[] = [];
    for (let n = 0; n < asks; n++) answers.push(await ask(round));
    if (Math.floor(Date.now() / SHIELD_WINDOW) === window) return answers;
  }
}

describe.each([
  ['the isolate', null],
  ['the platform’s binding', FIVE],
])('requests counted by %s', (_who, counter) => {
  it('are let through as many as there may be, each name’s for itself', async () => {
    const shield = new Shield(counter, 5);
    const name = crypto.randomUUID();
    const ask = async (whose: string) => shield.admits(whose, Date.now());
    const answers = await letThrough(7, (round) => ask(`${name} ${round}`));
    expect(answers).toEqual([true, true, true, true, true, false, false]);
    expect(await ask(`${name} another`)).toBe(true);
  });

  it('are refused by the service with a 429 that says when to come again', async () => {
    const service = serviceWith({ SHIELD: counter ?? undefined, SHIELD_LIMIT: '5' });
    const bearer = (key: string) => ({ Authorization: `Bearer ${key}` });
    const keys: string[] = [];
    const refused: Response[] = [];
    const answers = await letThrough(6, async (round) => {
      if (keys[round] === undefined) {
        keys[round] = (await makeClient()).key;
        // The first is its address's, which nobody tells here.
        expect((await service('/api/keys', bearer(keys[round]))).status).toBe(200);
      }
      const answer = await service('/api/keys', bearer(keys[round]));
      if (answer.status === 429) refused.push(answer);
      return answer.status === 200;
    });
    expect(answers).toEqual([true, true, true, true, true, false]);
    for (const answer of refused) await expectToSay(answer);
    const { key: other } = await makeClient();
    expect((await service('/api/keys', bearer(other))).status).toBe(200);
  });
});

describe('a shield', () => {
  it('counts by the address until a credential was found good, and again half a minute later', async () => {
    const shield = new Shield(null, 5);
    expect(shield.nameOf(SECRET, () => '192.0.2.7', 0)).toBe('address 192.0.2.7');
    await shield.found(SECRET, 1_000);
    const name = shield.nameOf(SECRET, () => '192.0.2.7', 30_999);
    expect(name).toMatch(/^credential [0-9a-f]{64}$/);
    expect(shield.nameOf(SECRET, () => '192.0.2.7', 31_000)).toBe('address 192.0.2.7');
    await shield.found(SECRET, 31_000);
    expect(shield.nameOf(SECRET, () => '192.0.2.7', 31_001)).toBe(name);
    expect(shield.nameOf('another', () => null, 31_001)).toBeNull();
    expect(shield.nameOf(null, () => '2001:db8:0:1:2:3:4:5', 0)).toBe('address 2001:db8:0:1::/64');
  });

  it('lets as many come again in the next window', () => {
    const shield = new Shield(null, 2);
    const ask = (now: number) => shield.admits('someone', now);
    expect([ask(0), ask(5_000), ask(9_999), ask(10_000), ask(10_001), ask(10_002)]).toEqual([
      ...[true, true, false],
      ...[true, true, false],
    ]);
    expect([windowEnds(0), windowEnds(9_001), windowEnds(9_999), windowEnds(10_000)]).toEqual([10, 1, 1, 10]);
  });

  it('takes guesses for whoever guesses: an address is refused, others and what is known are not', async () => {
    const service = serviceWith({ SHIELD: undefined, SHIELD_LIMIT: '5', TRUST_PROXY: '1' });
    const { key } = await makeClient();
    const from = (address: string, credential?: string) => ({
      'X-Forwarded-For': `6.6.6.6, ${address}`,
      ...(credential === undefined ? {} : { Authorization: `Bearer ${credential}` }),
    });
    expect((await service('/api/jobs', from('192.0.2.1', key))).status).toBe(200);
    const guesses = await letThrough(6, async (round) => {
      const answer = await service('/api/jobs', from(`192.0.2.${round + 10}`, `hw_${crypto.randomUUID()}`));
      return answer.status === 401;
    });
    expect(guesses).toEqual([true, true, true, true, true, false]);
    const flood = await letThrough(6, async (round) => {
      const answer = await service(`/nowhere/${round}`, from(`2001:db8:${round}::1`));
      if (answer.status === 429) await expectToSay(answer);
      return answer.status === 404;
    });
    expect(flood).toEqual([true, true, true, true, true, false]);
    expect((await service('/api/jobs', from('192.0.2.2'))).status).toBe(401);
  });

  it('refuses what ends a job as anything else, and nothing of it reaches the job', async () => {
    const service = serviceWith({ SHIELD: undefined, SHIELD_LIMIT: '2' });
    const clients: Client[] = [];
    let id = '';
    const isEnded = async (client: Client) => {
      id = await client.createJob();
      const headers = { Authorization: `Bearer ${client.key}` };
      return (await service(`/api/jobs/${id}/progress`, headers, '{"mark_completed": true}')).status === 200;
    };
    const answers = await letThrough(3, async (round) => {
      const client = clients[round] ?? (await makeClient());
      // The first is its address's, which nobody tells here.
      if (clients[round] === undefined) expect(await isEnded(client)).toBe(true);
      clients[round] = client;
      return isEnded(client);
    });
    expect(answers).toEqual([true, true, false]);
    const { json } = (await clients.at(-1)?.get(`/api/jobs/${id}`)) ?? {};
    expect([json.status, json.revision]).toEqual(['pending', 1]);
  });

  it('tells an EventSource to come again in place of the 429', async () => {
    const service = serviceWith({ SHIELD: undefined, SHIELD_LIMIT: '1', TRUST_PROXY: '1' });
    const stream = (round: number) =>
      service('/api/events/stream', {
        ...{ 'X-Forwarded-For': `192.0.2.${round}`, 'Last-Event-ID': 'x', Accept: 'text/event-stream' },
      });
    let said = '';
    await letThrough(2, async (round) => {
      const answer = await stream(round);
      said = `${answer.status} ${await answer.text()}`;
      return true;
    });
    expect(said).toMatch(/^200 retry: \d+000\n\n$/);
  });
});

describe('an address', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '::ffff:192.0.2.7'],
    ['2001:DB8::1', '2001:db8:0:0::/64'],
    ['2001:db8:0001:0002:3:4:5:6', '2001:db8:1:2::/64'],
    ['::1', '0:0:0:0::/64'],
    ['2001:db8:1:2::', '2001:db8:1:2::/64'],
  ])('%s stands for %s', (address, network) => {
    expect(householdOf(address)).toBe(network);
  });

  it('is what the platform or a proxy of one’s own says, never what its sender does', () => {
    const headers = new Headers({ 'X-Forwarded-For': '6.6.6.6, 192.0.2.1', 'CF-Connecting-IP': '192.0.2.2' });
    expect(addressOf({ headers }, { trustProxy: false })).toBeNull();
    expect(addressOf({ headers, cf: {} }, { trustProxy: false })).toBe('192.0.2.2');
    expect(addressOf({ headers, cf: {} }, { trustProxy: true })).toBe('192.0.2.1');
    expect(addressOf({ headers: new Headers() }, { trustProxy: true })).toBeNull();
  });
});

/** The service as its operator might have set it; undefined for what is not set. */
function serviceWith(settings: Record<string, unknown>) {
  const app = createApp();
  const set = { ...env, ...settings } as unknown as Env;
  return async (path: string, headers: Record<string, string>, body?: string) =>
    app.fetch(
      new Request(ORIGIN + path, body === undefined ? { headers } : { headers, body, method: 'POST' }),
      set,
      createExecutionContext(),
    );
}

async function expectToSay(answer: Response): Promise<void> {
  const seconds = answer.headers.get('Retry-After');
  expect(seconds).toMatch(/^(?:[1-9]|10)$/);
  expect(answer.headers.get('RateLimit-Policy')).toBe('"requests";q=5;w=10');
  expect(answer.headers.get('RateLimit')).toBe(`"requests";r=0;t=${seconds}`);
  expect(await answer.json()).toMatchObject({ status: 429, code: 'rate_limited' });
}
