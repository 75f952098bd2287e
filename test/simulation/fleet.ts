import type { Namespaces } from '../../src/objects/address';
import { JobDO } from '../../src/objects/job/job-do';
import { OrgIndexDO } from '../../src/objects/org-index/org-index-do';
import { Host } from './host';
import { IndexTruth } from './index-truth';
import { JobTruth } from './job-truth';
import type { Machine } from './machine';
import { indexStub } from './network';
import { Disk } from './storage';
import type { World } from './world';

export const ORGANIZATION = 'acme';

/** All objects of one organization in one world: an index, and jobs as they are addressed. */
export class Fleet {
  readonly index: Host<OrgIndexDO>;
  readonly truth: IndexTruth;
  /** No publication gets through before the world is calm. */
  readonly indexAway: boolean;
  readonly #world: World;
  readonly #machine: Machine;

  constructor(world: World, machine: Machine) {
    this.#world = world;
    this.#machine = machine;
    this.indexAway = world.random.chance(0.04);
    const disk = new Disk(machine.openDatabase());
    this.truth = new IndexTruth(world, disk);
    const organization = { enabledWebhooks: async () => [] };
    const JOB = { getByName: (name: string) => this.#asked(name) };
    const env = { ORG: { getByName: () => organization }, JOB } as unknown as Namespaces;
    this.index = new Host(world, `${ORGANIZATION}/0`, disk, (ctx) => new OrgIndexDO(ctx, env));
    world.afterStep = () => this.observe();
  }

  /** The job with this core (17 hex digits), there or not. */
  job(core: string): JobTruth {
    const jobId = idOf(core);
    const present = this.truth.jobs.get(jobId);
    if (present !== undefined) return present;
    const disk = new Disk(this.#machine.openDatabase());
    const host = new Host(this.#world, `${ORGANIZATION}/${core}`, disk, (ctx, storage) => {
      const stub = indexStub(this.#world, this.index, storage, {
        away: () => this.indexAway && !this.#world.calm,
        sent: ({ summary }) => {
          this.#world.counts.publications += 1;
          job.observe();
          job.says(summary.revision, JSON.stringify(summary));
        },
        dealt: (publication, known, rows) => this.truth.dealt(publication, known, rows),
        known: (id) => this.truth.known(id),
      });
      return new JobDO(ctx, { ORG_INDEX: { getByName: () => stub } } as unknown as Namespaces);
    });
    const job: JobTruth = new JobTruth(this.#world, this.truth, jobId, host);
    this.truth.jobs.set(jobId, job);
    return job;
  }

  /** A job as the index asks it: at times it is not reached, and at times nobody learns that it was. */
  #asked(name: string) {
    const { host } = this.job(name.split('/')[1] ?? '');
    return {
      look: async (organization: string, interval: number) => {
        await this.#world.sleep(this.#world.random.between(0, 10));
        if (this.#world.fault(0.1)) throw new Error('lost');
        await host.call((job) => job.look(organization, interval));
        if (this.#world.fault(0.1)) throw new Error('lost');
      },
    };
  }

  get jobs(): JobTruth[] {
    return [...this.truth.jobs.values()];
  }

  observe(): void {
    for (const job of this.jobs) job.observe();
    this.truth.observe();
  }

  close(): void {
    this.index.disk.database.close();
    for (const { host } of this.jobs) host.disk.database.close();
  }
}

/** The id of a job of the first shard: a UUIDv8 around its core. */
function idOf(core: string): string {
  const bits = BigInt(`0x${core}`);
  const high = (bits >> 26n).toString(16).padStart(10, '0');
  const middle = ((bits >> 14n) & 0xfffn).toString(16).padStart(3, '0');
  const low = (0x8000n | (bits & 0x3fffn)).toString(16);
  return `00${high.slice(0, 6)}-${high.slice(6)}-8${middle}-${low}-${core.slice(5)}`;
}
