/**
 * The service with an index that counts its commits and, with COMMIT_EACH, admits one publication at a time and waits
 * until it is on the disk: so no two of them can share a commit.
 */

import type { Namespaces } from '../../src/objects/address';
import { OrgIndexDO as ServiceIndex } from '../../src/objects/org-index/org-index-do';
import service from '../../src/worker';

export * from '../../src/worker';

interface Env extends Namespaces {
  COMMIT_EACH?: string;
}

let commits = 0;

export class OrgIndexDO extends ServiceIndex {
  #turn: Promise<unknown> = Promise.resolve();
  readonly #alone: boolean;

  constructor(ctx: DurableObjectState, env: Env) {
    const { storage } = ctx;
    const { transactionSync } = storage;
    let depth = 0;
    storage.transactionSync = <Outcome>(work: () => Outcome): Outcome => {
      // A transaction within another commits with it.
      if (depth === 0) commits += 1;
      depth += 1;
      try {
        return transactionSync.call(storage, work) as Outcome;
      } finally {
        depth -= 1;
      }
    };
    super(ctx, env);
    this.#alone = env.COMMIT_EACH === 'true';
  }

  override async publish(...publication: Parameters<ServiceIndex['publish']>) {
    if (!this.#alone) return super.publish(...publication);
    const receipt = this.#turn.then(async () => {
      const admitted = await super.publish(...publication);
      await this.ctx.storage.sync();
      return admitted;
    });
    this.#turn = receipt.catch(() => {});
    return receipt;
  }
}

export default {
  fetch(request, env, ctx) {
    if (new URL(request.url).pathname === '/index-commits') return Response.json(commits);
    return service.fetch(request, env as never, ctx);
  },
} satisfies ExportedHandler<Env>;
