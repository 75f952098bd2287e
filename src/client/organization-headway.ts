import { Headway, type HeadwayOptions } from './headway.ts';
import { type AuditFilter, pages } from './reading.ts';
import { hooks, keys, webhooks } from './resources.ts';
import type { Schemas } from './schemas.ts';
import type { Ask } from './types.ts';

/** One organization at one service: its jobs, and all else that is its own. */
export class OrganizationHeadway extends Headway {
  readonly webhooks: ReturnType<typeof webhooks>;
  readonly hooks: ReturnType<typeof hooks>;
  readonly keys: ReturnType<typeof keys>;

  constructor(options: HeadwayOptions) {
    super(options);
    this.webhooks = webhooks(this.transport);
    this.hooks = hooks(this.transport);
    this.keys = keys(this.transport);
  }

  /** The organization’s limits, and what of them is used. */
  usage({ signal }: Ask = {}): Promise<Schemas['Usage']> {
    return this.transport.ask({ method: 'GET', path: '/api/usage', signal });
  }

  /** Who changed what, newest first. */
  audit(filter: AuditFilter = {}): AsyncGenerator<Schemas['AuditRecord'], void, void> {
    return pages(this.transport, '/api/audit', 'records', filter);
  }
}
