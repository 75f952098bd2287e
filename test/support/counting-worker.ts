/** The service, with objects that count how often they are started; jobs and indexes, how often one is asked for a socket. */
import { DirectoryDO as ServiceDirectory } from '../../src/objects/directory/directory-do';
import { JobDO as ServiceJob } from '../../src/objects/job/job-do';
import { OrgDO as ServiceOrg } from '../../src/objects/org/org-do';
import { OrgIndexDO as ServiceIndex } from '../../src/objects/org-index/org-index-do';
import service from '../../src/worker';

const counts = { starts: 0, watches: 0 };
const indexCounts = { starts: 0, watches: 0 };
const others = { org: 0, directory: 0 };

export class OrgDO extends ServiceOrg {
  constructor(...made: ConstructorParameters<typeof ServiceOrg>) {
    super(...made);
    others.org += 1;
  }
}

export class DirectoryDO extends ServiceDirectory {
  constructor(...made: ConstructorParameters<typeof ServiceDirectory>) {
    super(...made);
    others.directory += 1;
  }
}

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
    if (pathname === '/counts/others') return Response.json({ ...others, index: indexCounts.starts });
    return service.fetch(request, env, ctx);
  },
} satisfies ExportedHandler<Cloudflare.Env>;
