/** The service with jobs whose objects count how often they are read or reported on, and take their time where they are told to. */

import type { Namespaces } from '../../src/objects/address';
import { JobDO as ServiceJob } from '../../src/objects/job/job-do';
import service from '../../src/worker';

export * from '../../src/worker';

let asks = 0;
let delay = 0;

export class JobDO extends ServiceJob {
  override async get(...ask: Parameters<ServiceJob['get']>) {
    await asked();
    return super.get(...ask);
  }

  override async apply(...ask: Parameters<ServiceJob['apply']>) {
    await asked();
    return super.apply(...ask);
  }
}

async function asked() {
  asks += 1;
  if (delay > 0) await scheduler.wait(delay);
}

export default {
  fetch(request, env, ctx) {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname !== '/job-asks') return service.fetch(request, env as never, ctx);
    delay = Number(searchParams.get('delay') ?? delay);
    return Response.json(asks);
  },
} satisfies ExportedHandler<Namespaces>;
