import { afterEach, expect, it, vi } from 'vitest';
import { Dispatcher } from '../../src/objects/webhook/dispatcher';
import type { EndpointConfig } from '../../src/objects/webhook/endpoint-config';
import type { Trip } from '../../src/objects/webhook/open-deliveries';
import type { WebhookSettings } from '../../src/objects/webhook/webhook-settings';
import type { WebhookStore } from '../../src/objects/webhook/webhook-store';

/** Which network a delivery goes out by. */

afterEach(() => {
  vi.restoreAllMocks();
});

it.each([
  ['http://ntfy.lan:8080/topic', 'private'],
  ['https://receiver.example/hook', 'public'],
  ['https://ntfy.lan/topic', 'public'],
  ['http://ntfy.lan:8081/topic', 'none'],
])(
  'only a host that the operator lists is reached by the private network: %s by %s',
  async (url, network) => {
    const used: string[] = [];
    const by = (name: string) => async () => {
      used.push(name);
      return new Response(null, { status: 204 });
    };
    vi.spyOn(globalThis, 'fetch').mockImplementation(by('public'));
    const settings = {
      ...{ ownHosts: [], privateHosts: ['ntfy.lan:8080'], allowPrivate: false, timeout: 1_000, schedule: [] },
      privateNetwork: { fetch: by('private') },
    } as unknown as WebhookSettings;
    const config = {
      known: () => ({ url, served_at: 'headway.test' }),
      secrets: async () => [],
      ownHeaders: async () => ({}),
    } as unknown as EndpointConfig;
    const commits = { transact: <Answer>(work: () => Answer) => work(), sync: async () => undefined };
    const store = { state: () => null } as unknown as WebhookStore;
    const parcel = { n: 1, event_id: 'e', type: 'job.created', job_id: null, tries: 0, body: '{}' };
    const trip = { parcel, dueAt: null } as unknown as Trip;
    await new Dispatcher(commits, store, config, settings).deliver(trip);
    expect(used).toEqual(network === 'none' ? [] : [network]);
  },
);
