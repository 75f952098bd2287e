/** The service, with jobs and indexes whose objects count how often one of them is started and how often one is asked for a socket. */
import { JobDO as ServiceJob } from '../../src/objects/job/job-do';
import { OrgIndexDO as ServiceIndex } from '../../src/objects/org-index/org-index-do';
import service from '../../src/worker';

export { DirectoryDO, OrgDO } from '../../src/worker';

const counts = { starts: 0, watches: 0 };
const indexCounts = { starts: 0, watches: 0 };

export class JobDO extends ServiceJob {
  constructor(...made: ConstructorParameters<typeof ServiceJob>) {
    super(...made);
    counts.starts += 1;
  }

  override async fetch(request: Request): Promise<Response> {
    counts.watches += 1;
    return super.fetch(request);
  }
}

export class OrgIndexDO extends ServiceIndex {
  constructor(...made: ConstructorParameters<typeof ServiceIndex>) {
    super(...made);
    indexCounts.starts += 1;
  }

  override async fetch(request: Request): Promise<Response> {
    indexCounts.watches += 1;
    return super.fetch(request);
  }
}

export default {
  fetch(request: Request, env, ctx) {
    const { pathname } = new URL(request.url);
    if (pathname === '/counts') return Response.json(counts);
    if (pathname === '/index-counts') return Response.json(indexCounts);
    return service.fetch(request, env, ctx);
  },
} satisfies ExportedHandler<Cloudflare.Env>;
