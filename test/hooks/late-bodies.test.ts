/** A delivery whose body takes its time: it is judged by what holds once all of it is there. */
import { env, exports } from 'cloudflare:workers';
import { afterEach, expect, it, vi } from 'vitest';
import { BODIES } from '../../src/http/held-bodies';
import { expectRefusal } from '../attack/refusal';
import { type Answer, type Client, makeClient, ORIGIN, send } from '../support/client';
import { arrivals, github, type Headers, jobs, makeHook, SECRETS, stripe } from './senders';

const GITHUB = { scheme: 'github', secret: SECRETS.github };
const RAW = '{"id":"late","n":1}';

afterEach(() => {
  vi.useRealTimers();
  expect(BODIES.bytes).toBe(0);
});

/** Begins a delivery; the rest of its body comes with `end`. */
async function begin(path: string, headers: Headers) {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const [writer, encoder] = [writable.getWriter(), new TextEncoder()];
  const answer = exports.default.fetch(
    new Request(ORIGIN + path, { method: 'POST', body: readable, headers: { ...headers } }),
  );
  await writer.write(encoder.encode(RAW.slice(0, 5)));
  await vi.waitUntil(() => BODIES.bytes > 0);
  return {
    async end(): Promise<Answer> {
      await writer.write(encoder.encode(RAW.slice(5)));
      await writer.close();
      const { status, headers, body } = await answer;
      const text = await new Response(body).text();
      return { status, headers, text, json: text === '' ? null : JSON.parse(text) };
    },
  };
}

function passes(seconds: number): void {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + seconds * 1_000 });
}

async function suspend({ organization }: Client): Promise<void> {
  const { status } = await send(env.ADMIN_TOKEN, 'POST', `/admin/orgs/${organization}/suspend`);
  expect(status).toBe(200);
}

it('a delivery to an organization that was suspended meanwhile is refused, and told to its sender alone', async () => {
  const client = await makeClient();
  const hook = await makeHook(client, GITHUB);
  const own = await begin(hook.path, github(RAW));
  const another = await begin(hook.path, github(RAW, 'another'));
  await suspend(client);
  passes(31);
  expectRefusal(await own.end(), 403, 'organization_suspended');
  expectRefusal(await another.end(), 404, 'not_found');
});

it('a timestamp has to be near when the last byte comes: who holds a captured report open gains nothing', async () => {
  const client = await makeClient();
  const hook = await makeHook(client, { scheme: 'stripe', secret: SECRETS.stripe });
  const slow = await begin(hook.path, stripe(RAW));
  passes(200);
  expect((await slow.end()).status).toBe(202);
  const held = await begin(hook.path, stripe(RAW));
  passes(301);
  expectRefusal(await held.end(), 404, 'not_found');
  const [last] = await arrivals(client, hook);
  expect(last.code).toBe('timestamp_outside_tolerance');
  expect(await jobs(client)).toHaveLength(1);
});

it('a URL that is served no more by then is none', async () => {
  const client = await makeClient();
  const hook = await makeHook(client, GITHUB);
  const slow = await begin(hook.path, github(RAW));
  const rotated = await client.post(`/api/hooks/${hook.hook_id}/rotate`, { grace_period: 60 });
  expect(rotated.status).toBe(200);
  passes(61);
  expectRefusal(await slow.end(), 404, 'not_found');
});
