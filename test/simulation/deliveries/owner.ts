import type { FeedEvent, Publication } from '../../../src/domain/feed/publication';
import { eventBody, type JobEventType } from '../../../src/domain/job/event';
import { type JobSeed, newJob } from '../../../src/domain/job/new-job';
import { summarize } from '../../../src/domain/job/summary';
import { askedFirst } from '../../../src/domain/webhook/first-answer';
import { CHANGE_LIFE, type StoredWebhook } from '../../../src/domain/webhook/webhook';
import { SecretBox } from '../../../src/objects/kit/secret-box';
import type { OrgDO } from '../../../src/objects/org/org-do';
import type { Host, Wakeful } from '../host';
import type { World } from '../world';
import { type EndpointFleet, ORGANIZATION, type SimulatedEndpoint } from './endpoint-fleet';
import { unreliable } from './unreliable';

const ALIVE = { dead: false };

/** What happens at an organization: its jobs tell their events, its owner makes an endpoint, pauses it, sends again. */
export class Owner {
  /** How much of it is still under way. */
  under = 0;
  endpoint: SimulatedEndpoint | null = null;
  readonly #world: World;
  readonly #fleet: EndpointFleet;

  constructor(world: World, fleet: EndpointFleet) {
    this.#world = world;
    this.#fleet = fleet;
  }

  start(): void {
    const { random } = this.#world;
    for (let job = random.between(1, 10); job > 0; job--) this.#go(() => this.#job());
    this.#go(async () => {
      const endpoint = await this.#make();
      this.endpoint = endpoint;
      for (let left = random.between(0, 4); left > 0; left--) await this.#meddle(endpoint);
    });
  }

  /** The endpoint is enabled, whatever became of it, and nobody tells it so: from here on it has to deliver. */
  enable(): void {
    const { endpoint } = this;
    if (endpoint !== null) this.#go(() => this.#set(endpoint, true, 0));
  }

  async #make(): Promise<SimulatedEndpoint> {
    for (;;) {
      const webhook_id = `wh_0${this.#world.serial().toString(16).padStart(32, '0')}`;
      const endpoint = this.#fleet.endpoint(webhook_id);
      const sealed = await new SecretBox(this.#fleet.roots).seal(
        `whsec_${'A'.repeat(43)}=`,
        `${ORGANIZATION}\0${webhook_id}`,
      );
      const webhook: StoredWebhook = {
        ...{ webhook_id, url: `https://receiver.example/${webhook_id}`, event_types: null, job_types: null },
        ...{ description: null, enabled: true, created_at: this.#world.now, disabled: null },
        ...{ secrets: [{ sealed, until: null }], served_at: 'headway.example', disablings: 0 },
        // Some are of before an answer was asked for.
        ...(this.#world.random.chance(0.8) ? askedFirst(this.#world.now) : {}),
      };
      try {
        await this.#once(endpoint.host).begin();
        if ((await this.#once(this.#fleet.org).addWebhook(webhook)) === true) {
          await this.#once(endpoint.host).poke(null);
          return endpoint;
        }
      } catch {
        // What came of it can't be told: it counts if it is kept, as it does for an owner who lists the endpoints.
        const kept = await this.#insist(this.#fleet.org, (org) => org.webhook(webhook_id));
        if (kept !== null) return endpoint;
      }
      // A call that arrives late may keep it after all.
      await this.#world.sleep(10_000);
      if ((await this.#insist(this.#fleet.org, (org) => org.webhook(webhook_id))) !== null) return endpoint;
    }
  }

  async #meddle(endpoint: SimulatedEndpoint): Promise<void> {
    const { random } = this.#world;
    await this.#world.sleep(random.between(0, 8_000));
    const dice = random.next();
    if (dice < 0.3) {
      await this.#set(endpoint, false);
      await this.#world.sleep(random.between(0, 4_000));
      await this.#set(endpoint, true);
    } else if (dice < 0.9) {
      const n = random.between(1, 8);
      await this.#insist(endpoint.host, (object) => object.redeliver(n));
    } else await this.#insist(endpoint.host, (object) => object.sendTest());
  }

  /** As the service does it; the endpoint is told of it with the chance `told`: else the request has broken off before. */
  async #set({ id, host }: SimulatedEndpoint, enabled: boolean, told = 0.7): Promise<void> {
    for (let late = true; late; ) {
      const by = this.#world.now + CHANGE_LIFE / 2;
      if (enabled) await this.#insist(host, (object) => object.poke(null, CHANGE_LIFE));
      const ask = (org: OrgDO) => org.changeWebhook(id, { enabled }, undefined, by);
      const made = await this.#insist(this.#fleet.org, ask);
      late = made !== null && 'code' in made;
    }
    if (this.#world.random.chance(told)) await this.#insist(host, (object) => object.poke(null));
  }

  /** One more job in each shard. */
  oneMoreEach(): void {
    for (const shard of this.#fleet.shards) this.#go(() => this.#tell(shard));
  }

  async #job(): Promise<void> {
    const { random } = this.#world;
    const shard = this.#fleet.shards[random.between(0, this.#fleet.shards.length - 1)];
    await this.#world.sleep(random.between(0, 5_000));
    if (shard !== undefined) await this.#tell(shard);
  }

  /** A job that tells one event after the other, each until the index has it. */
  async #tell(shard: EndpointFleet['shards'][number]): Promise<void> {
    const { random } = this.#world;
    const jobId = `00000000-0000-8000-8000-${this.#world.serial().toString(16).padStart(12, '0')}`;
    const { job } = newJob(jobId, ORGANIZATION, SEED, this.#world.now);
    const events: FeedEvent[] = [];
    for (let revision = 1, last = random.between(1, 8); revision <= last; revision++) {
      const type: JobEventType = revision === 1 ? 'job.created' : 'job.stage_changed';
      const body = eventBody(type, { ...job, revision }, null);
      events.push({ n: revision, revision, at: this.#world.now, body });
      const summary = { ...summarize(job), revision };
      const publication: Publication = { summary, events, through: revision, deleted: false };
      await this.#insist(shard, (index) => index.publish(publication));
      await this.#world.sleep(random.chance(0.2) ? random.between(1_000, 15_000) : random.between(0, 300));
    }
  }

  #once<Instance extends Wakeful>(host: Host<Instance>): Instance {
    return unreliable(this.#world, host, ALIVE);
  }

  async #insist<Instance extends Wakeful, Answer>(
    host: Host<Instance>,
    ask: (object: Instance) => Promise<Answer>,
  ): Promise<Answer> {
    for (;;) {
      try {
        return await ask(this.#once(host));
      } catch {
        await this.#world.sleep(this.#world.random.between(50, 1_000));
      }
    }
  }

  #go(work: () => Promise<void>): void {
    this.under += 1;
    work().then(
      () => {
        this.under -= 1;
      },
      (cause) => this.#world.violated(`the owner broke: ${(cause as Error).stack}`),
    );
  }
}

const SEED: JobSeed = {
  ...{ job_type: 'import', name: 'Import', category: 'sync', tags: [], triggered_by: null, total_items: 0 },
  ...{ heartbeat_timeout_seconds: null, timeout_seconds: null, retention_days: 30 },
  ...{ details_url: null, parent_job_id: null },
  ...{ metadata: {}, stage: null, last_message: null, lineage: null },
};
