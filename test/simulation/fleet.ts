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
    const env = { ORG: { getByName: () => organization } } as unknown as Namespaces;
    this.index = new Host(world, `${ORGANIZATION}/0`, disk, (ctx) => new OrgIndexDO(ctx, env));
    world.afterStep = () => this.observe();
  }

  /** The job with this core (17 hex digits), there or not. */
  job(core: string): JobTruth {
    const jobId = `00${core.slice(0, 6)}-${core.slice(6, 10)}-8000-8000-${core.slice(5, 17)}`;
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
