import type { Report } from '../../src/domain/job/command';
import type { JobSeed } from '../../src/domain/job/new-job';
import type { CreateAnswer, CreateAsk } from '../../src/objects/job/contract';
import type { JobDO } from '../../src/objects/job/job-do';
import { Client } from './client';
import { type Fleet, ORGANIZATION } from './fleet';
import { JobClient, newKey, type Protection, traceOf } from './job-client';
import type { JobTruth } from './job-truth';
import type { World } from './world';

/** What the clients of a world do: they make jobs, work on them, end, run again and delete them. */
export class Workload {
  readonly clients: JobClient[] = [];
  /** Creations that were made with a key. */
  readonly #keyed: { job: JobTruth; create: (object: JobDO) => Promise<CreateAnswer> }[] = [];
  readonly #world: World;
  readonly #fleet: Fleet;
  readonly #client: Client;
  /** How much of it is still under way. */
  under = 0;

  constructor(world: World, fleet: Fleet) {
    this.#world = world;
    this.#fleet = fleet;
    this.#client = new Client(world);
  }

  start(): void {
    const jobs = this.#world.random.between(1, 2);
    for (let job = 0; job < jobs; job++) this.#go(() => this.#life(null));
    if (this.#world.random.chance(0.5)) this.#go(() => this.#look());
  }

  /** Somebody looks at the list now and then. */
  async #look(): Promise<void> {
    const { random } = this.#world;
    for (let left = random.between(1, 5); left > 0; left--) {
      await this.#world.sleep(random.between(0, 10_000));
      await this.#client.ask(this.#fleet.index, true, (index) => index.list({}, null, 100, 1_000_000));
    }
  }

  /** Uses the keys of deleted jobs again, as near as can be to the moment at which they become free. */
  reuseKeys(): void {
    for (const { job, create } of this.#keyed) {
      if (job.deletedAt === null) continue;
      const free = job.deletedAt + KEY_LIFE;
      const at = free + this.#world.random.between(-30, 30);
      this.#world.at(at, () => this.#go(() => this.#reuse(job, create, free)));
    }
  }

  async #reuse(job: JobTruth, create: (object: JobDO) => Promise<CreateAnswer>, free: number): Promise<void> {
    const { outcome } = await this.#client.insist(job.host, create);
    job.observe();
    if (outcome === 'refused' ? this.#world.now > free + SECOND : job.stored === null) {
      this.#world.violated(`a key used again came to ${outcome}`);
    }
  }

  /** One job from its creation on: several workers, then perhaps an end, a rerun, a deletion. */
  async #life(original: JobTruth | null): Promise<void> {
    const { random } = this.#world;
    const job = await this.#create(original);
    const client = new JobClient(this.#world, job);
    this.clients.push(client);
    const workers = Array.from({ length: random.between(1, 2) }, (_, n) => this.#work(client, `w${n}`));
    await Promise.all(workers);
    if (random.chance(0.6)) await client.report('last', random.pick(ENDS), 'key');
    if (original === null && random.chance(0.3)) this.#go(() => this.#life(job));
    if (random.chance(0.25)) await client.remove();
  }

  async #work(client: JobClient, reporter: string): Promise<void> {
    const { random } = this.#world;
    for (let left = random.between(1, 5); left > 0 && !client.removed; left--) {
      await this.#world.sleep(random.chance(0.1) ? random.between(1_000, 40_000) : random.between(0, 1_200));
      const protection = random.pick<Protection>(['none', 'key', 'key', 'sequence']);
      if (this.#fleet.indexAway && random.chance(0.5)) await client.flood(random.between(500, 1_000));
      const dice = random.next();
      if (dice < 0.7) await client.report(reporter, this.#report(), protection);
      else if (dice < 0.8) await client.nothing();
      else if (dice < 0.9) await client.heartbeat();
      else if (dice < 0.93) await client.cancel();
      else if (dice < 0.95) await client.flood(random.chance(0.02) ? random.between(300, 1_000) : 10);
    }
  }

  #report(): Report {
    const { random } = this.#world;
    const serial = this.#world.serial();
    const issue = { entity_key: `e${serial % 5}`, entity_type: 'row', error_type: 't', message: 'm' };
    return {
      ...(random.chance(0.2) ? { mark_started: true } : {}),
      ...(random.chance(0.3) ? { stage: `stage ${serial}` } : {}),
      ...(random.chance(0.2) ? { error: issue } : {}),
      ...(random.chance(0.1) ? { warning: issue } : {}),
      ...(random.chance(0.1) ? { metadata_patch: { serial } } : {}),
    };
  }

  async #create(original: JobTruth | null): Promise<JobTruth> {
    for (;;) {
      const keyed = this.#world.random.chance(0.5);
      const core = this.#world.serial().toString(16).padStart(17, '0');
      const job = this.#fleet.job(core);
      const key = keyed ? newKey(this.#world) : null;
      const seed = this.#seed(original);
      const act = original === null ? {} : { trace: traceOf(this.#world) };
      const ask: CreateAsk = { job_id: job.jobId, seed, items: [], key, want: {}, ...act };
      const create = (object: JobDO) => object.create(ORGANIZATION, structuredClone(ask));
      if (keyed) this.#keyed.push({ job, create });
      const heard = keyed
        ? { answer: await this.#client.insist(job.host, create) }
        : await this.#client.ask(job.host, false, create);
      if (heard === null) continue;
      if (heard.answer.outcome !== 'created' && !(keyed && heard.answer.outcome === 'replayed')) {
        this.#world.violated(`a creation came to ${heard.answer.outcome}`);
      }
      job.observe();
      if (!job.created) this.#world.violated('a creation was answered and is not there');
      return job;
    }
  }

  #seed(original: JobTruth | null): JobSeed {
    const { random } = this.#world;
    const lineage =
      original === null ? null : { rerun_of: original.jobId, root_job_id: original.jobId, rerun_number: 1 };
    return {
      ...{ job_type: 'import', name: 'Import', category: 'sync', tags: ['a'], triggered_by: null },
      total_items: random.between(0, 40),
      heartbeat_timeout_seconds: random.chance(0.3) ? random.between(10, 40) : null,
      timeout_seconds: random.chance(0.1) ? random.between(5, 60) : null,
      details_url: null,
      parent_job_id: null,
      retention_days: random.between(1, 30),
      ...{ metadata: {}, stage: null, last_message: null, lineage },
    };
  }

  #go(work: () => Promise<void>): void {
    this.under += 1;
    work().then(
      () => {
        this.under -= 1;
      },
      (cause) => this.#world.violated(`the workload broke: ${(cause as Error).stack}`),
    );
  }
}

/** How long the key of a deleted job stays taken. Source: behaviour §2. */
const KEY_LIFE = 41 * 86_400_000;
const SECOND = 1_000;
const ENDS: [Report, ...Report[]] = [{ mark_completed: true }, { mark_failed: 'it broke' }];
