/** The service, with jobs whose objects count how often one of them is started and how often one is asked for a socket. */
import { JobDO as ServiceJob } from '../../src/objects/job/job-do';
import service from '../../src/worker';

export { DirectoryDO, OrgDO, OrgIndexDO } from '../../src/worker';

const counts = { starts: 0, watches: 0 };

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

export default {
  fetch(request: Request, env, ctx) {
    if (new URL(request.url).pathname === '/counts') return Response.json(counts);
    return service.fetch(request, env, ctx);
  },
} satisfies ExportedHandler<Cloudflare.Env>;
