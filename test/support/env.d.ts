import type { Env as ServiceEnv } from '../../src/config';
import type { Namespaces } from '../../src/objects/address';
import type { DirectoryDO } from '../../src/objects/directory/directory-do';
import type { HookDO } from '../../src/objects/hook/hook-do';
import type { JobDO } from '../../src/objects/job/job-do';
import type { OrgDO } from '../../src/objects/org/org-do';
import type { OrgIndexDO } from '../../src/objects/org-index/org-index-do';
import type { WebhookDO } from '../../src/objects/webhook/webhook-do';
import type { BulkDO } from '../../src/worker';

/** Tests reach into the objects, so their namespaces know the classes. */
interface Classes extends Namespaces {
  JOB: DurableObjectNamespace<JobDO>;
  ORG_INDEX: DurableObjectNamespace<OrgIndexDO>;
  ORG: DurableObjectNamespace<OrgDO>;
  DIRECTORY: DurableObjectNamespace<DirectoryDO>;
  WEBHOOK: DurableObjectNamespace<WebhookDO>;
  HOOK: DurableObjectNamespace<HookDO>;
  BULK: DurableObjectNamespace<InstanceType<typeof BulkDO>>;
}

declare global {
  interface ImportMeta {
    /** Vite's: the modules that match, here as their texts. */
    glob(pattern: string, options: { query: '?raw'; import: 'default'; eager: true }): Record<string, string>;
  }
  namespace Cloudflare {
    interface Env extends Omit<ServiceEnv, keyof Classes>, Classes {}
    interface GlobalProps {
      mainModule: typeof import('../../src/worker');
    }
  }
}
