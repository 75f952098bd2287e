import type { Roots } from '../../../src/domain/access/root-secret';
import { parseRoots } from '../../../src/domain/access/root-secret';
import type { Namespaces } from '../../../src/objects/address';
import { OrgDO } from '../../../src/objects/org/org-do';
import { OrgIndexDO } from '../../../src/objects/org-index/org-index-do';
import { WebhookDO } from '../../../src/objects/webhook/webhook-do';
import type { WebhookVariables } from '../../../src/objects/webhook/webhook-settings';
import { Host } from '../host';
import type { Machine } from '../machine';
import { Disk } from '../storage';
import type { World } from '../world';
import { SimulatedReceiver } from './receiver';
import { unreliable } from './unreliable';

export const ORGANIZATION = 'acme';
export const SHARDS = 2;
/** ms before each attempt. */
export const SCHEDULE = [0, 200, 1_000, 5_000, 20_000];
const ROOT = `0:${'r'.repeat(40)}`;

export interface SimulatedEndpoint {
  id: string;
  host: Host<WebhookDO>;
  receiver: SimulatedReceiver;
}

/** All objects that deliveries need, of one organization: itself, the shards of its index, its endpoints. */
export class EndpointFleet {
  readonly org: Host<OrgDO>;
  readonly shards: Host<OrgIndexDO>[];
  readonly endpoints = new Map<string, SimulatedEndpoint>();
  readonly roots: Roots = parseRoots(ROOT);
  readonly #world: World;
  readonly #machine: Machine;
  /** How often an endpoint's disk is away: in some worlds hardly ever, in some all the time. */
  readonly #diskFaults: number;

  constructor(world: World, machine: Machine) {
    this.#diskFaults = world.random.pick([0, 0.03, 0.15, 0.3]);
    this.#world = world;
    this.#machine = machine;
    this.org = new Host(
      world,
      ORGANIZATION,
      this.#disk(),
      (ctx, storage) => new OrgDO(ctx, this.#env(storage)),
    );
    this.shards = Array.from(
      { length: SHARDS },
      (_, shard) =>
        new Host(
          world,
          `${ORGANIZATION}/${shard}`,
          this.#disk(),
          (ctx, storage) => new OrgIndexDO(ctx, this.#env(storage)),
        ),
    );
  }

  get hosts(): { crash(): void }[] {
    const endpoints = [...this.endpoints.values()].map(({ host, receiver }) => ({
      crash() {
        host.crash();
        receiver.forgetFlights();
      },
    }));
    return [this.org, ...this.shards, ...endpoints];
  }

  /** The endpoint with this id, there or not. Its disk is away now and then. */
  endpoint(id: string): SimulatedEndpoint {
    const present = this.endpoints.get(id);
    if (present !== undefined) return present;
    const disk = this.#disk();
    const host = new Host(this.#world, `${ORGANIZATION}/${id}`, disk, (ctx, storage) => {
      const object = new WebhookDO(ctx, this.#env(storage));
      storage.faults = this.#diskFaults;
      return object;
    });
    const endpoint = { id, host, receiver: new SimulatedReceiver(this.#world, disk) };
    this.endpoints.set(id, endpoint);
    return endpoint;
  }

  /** Who `url` is of. */
  receiverOf(url: string): SimulatedReceiver | null {
    const id = new URL(url).pathname.slice(1);
    return this.endpoints.get(id)?.receiver ?? null;
  }

  close(): void {
    for (const { host } of this.endpoints.values()) host.disk.database.close();
    for (const { disk } of [this.org, ...this.shards]) disk.database.close();
  }

  #disk(): Disk {
    return new Disk(this.#machine.openDatabase());
  }

  #env(sender: { dead: boolean }): Namespaces & WebhookVariables {
    const part = (name: string) => name.split('/')[1] ?? '';
    const namespaces = {
      ORG: { getByName: () => unreliable(this.#world, this.org, sender) },
      ORG_INDEX: {
        getByName: (name: string) => {
          const shard = this.shards[Number(part(name))];
          if (shard === undefined) throw new Error(`there is no shard ${name}`);
          return unreliable(this.#world, shard, sender);
        },
      },
      WEBHOOK: {
        getByName: (name: string) => unreliable(this.#world, this.endpoint(part(name)).host, sender),
      },
    };
    const variables = {
      ...{ ROOT_SECRET: ROOT, INDEX_SHARDS: String(SHARDS), WEBHOOK_TIMEOUT_MS: '1500' },
      ...{ WEBHOOK_PACE_MS: '100', WEBHOOK_SCHEDULE_MS: SCHEDULE.join(',') },
    };
    return { ...namespaces, ...variables } as unknown as Namespaces & WebhookVariables;
  }
}
