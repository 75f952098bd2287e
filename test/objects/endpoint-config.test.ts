import { beforeEach, expect, it, vi } from 'vitest';
import { parseRoots } from '../../src/domain/access/root-secret';
import type { StoredWebhook } from '../../src/domain/webhook/webhook';
import type { Namespaces } from '../../src/objects/address';
import { SecretBox } from '../../src/objects/kit/secret-box';
import { EndpointConfig } from '../../src/objects/webhook/endpoint-config';

const WEBHOOK_ID = `wh_0${'0'.repeat(32)}`;
const [OLD, NEW] = [`3:${'o'.repeat(40)}`, `0:${'n'.repeat(40)}`];

const stored = (sealed: string): StoredWebhook => ({
  ...{ webhook_id: WEBHOOK_ID, url: 'https://receiver.example/', event_types: null, job_types: null },
  ...{ description: null, enabled: true, created_at: 1, disabled: null, served_at: 'h', disablings: 0 },
  secrets: [{ sealed, until: null }],
});

let webhook: (id: string) => Promise<StoredWebhook | null>;
let resealed: (id: string, from: string, to: string) => Promise<void>;
let config: EndpointConfig;

beforeEach(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  resealed = async () => undefined;
  const org = {
    webhook: (id: string) => webhook(id),
    resealWebhook: (id: string, from: string, to: string) => resealed(id, from, to),
  };
  const env = { ORG: { getByName: () => org } } as unknown as Namespaces;
  config = new EndpointConfig(env, parseRoots(`${NEW},${OLD}`), `acme/${WEBHOOK_ID}`);
});

it('an endpoint that was not asked for yet is unknown, never gone', async () => {
  const answer = Promise.withResolvers<StoredWebhook | null>();
  webhook = () => answer.promise;
  expect(() => config.known()).toThrow('unknown');
  const both = Promise.all([config.current(1), config.current(2)]);
  answer.resolve(stored('0.x'));
  expect(await both).toEqual([stored('0.x'), stored('0.x')]);
});

it('an organization that can’t be asked makes no endpoint gone', async () => {
  webhook = () => Promise.reject(new Error('away'));
  await expect(config.current(1)).rejects.toThrow('away');
  webhook = async () => stored('0.x');
  expect(await config.current(2)).toEqual(stored('0.x'));
  webhook = async () => null;
  expect(await config.current(3)).toEqual(stored('0.x'));
  config.forget();
  expect(await config.current(4)).toBe('gone');
  expect(() => config.known()).toThrow('gone');
});

it('an answer that a change has overtaken is asked for again', async () => {
  const first = Promise.withResolvers<StoredWebhook | null>();
  webhook = () => first.promise;
  const asked = config.current(1);
  config.forget();
  webhook = async () => ({ ...stored('0.x'), enabled: false });
  first.resolve(stored('0.x'));
  expect(await asked).toMatchObject({ enabled: false });
});

it('a secret that could not be sealed anew signs all the same, and is tried again at its next use', async () => {
  const sealed = await new SecretBox(parseRoots(OLD)).seal('whsec_secret', `acme\0${WEBHOOK_ID}`);
  webhook = async () => stored(sealed);
  await config.current(1);
  resealed = () => Promise.reject(new Error('the organization is away'));
  expect(await config.secrets(config.known(), 1)).toEqual(['whsec_secret']);
  const seen: string[] = [];
  resealed = async (_id, from, to) => {
    seen.push(from, to.slice(0, 2));
  };
  expect(await config.secrets(config.known(), 1)).toEqual(['whsec_secret']);
  expect(seen).toEqual([sealed, '0.']);
});

it('own headers that an older generation sealed are read, and sealed anew; they open as no secret', async () => {
  const box = new SecretBox(parseRoots(OLD));
  const context = `acme\0${WEBHOOK_ID}`;
  const sealed_headers = await box.seal('{"X-Team":"data"}', `${context}\0headers`);
  webhook = async () => ({ ...stored(sealed_headers), sealed_headers });
  await config.current(1);
  const seen: string[] = [];
  resealed = async (_id, from, to) => {
    seen.push(from, to.slice(0, 2));
  };
  expect(await config.ownHeaders(config.known())).toEqual({ 'X-Team': 'data' });
  expect(seen).toEqual([sealed_headers, '0.']);
  config.forget();
  webhook = async () => ({ ...stored(await box.seal('whsec_secret', context)), sealed_headers: null });
  await config.current(2);
  expect(await config.ownHeaders(config.known())).toEqual({});
  await expect(box.open(sealed_headers, context)).rejects.toThrow();
});

it('what was opened is kept as long as the settings hold it, and no longer', async () => {
  const box = new SecretBox(parseRoots(NEW));
  const context = `acme\0${WEBHOOK_ID}`;
  const secret = await box.seal('whsec_secret', context);
  const sealed = await box.seal('{"X-Team":"data"}', `${context}\0headers`);
  const other = await box.seal('{"X-Team":"web"}', `${context}\0headers`);
  const opens = vi.spyOn(SecretBox.prototype, 'open');
  const opened = async (sealed_headers: string | null) => {
    config.forget();
    webhook = async () => ({ ...stored(secret), sealed_headers });
    await config.current(1);
    opens.mockClear();
    const headers = await config.ownHeaders(config.known());
    await config.secrets(config.known(), 1);
    return [headers, opens.mock.calls.map(([text]) => text)];
  };
  expect(await opened(sealed)).toEqual([{ 'X-Team': 'data' }, [sealed, secret]]);
  expect(await opened(sealed)).toEqual([{ 'X-Team': 'data' }, []]);
  expect(await opened(other)).toEqual([{ 'X-Team': 'web' }, [other]]);
  // Held no longer, it was let go of.
  expect(await opened(sealed)).toEqual([{ 'X-Team': 'data' }, [sealed]]);
  expect(await opened(null)).toEqual([{}, []]);
});
