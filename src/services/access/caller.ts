import type { Config, Env } from '../../config';
import type { Permission } from '../../domain/access/permission';
import { log } from '../../log';
import type { JobToken } from '../ids/token-text';

/** The one behind a call. A member signs in as a person; a hook is called by a partner's delivery. */
export interface Actor {
  kind: 'key' | 'member' | 'hook';
  id: string;
}

/** Who calls: one organization, by one of its actors. The organization comes from the credential alone. */
export interface Principal {
  organization: string;
  actor: Actor;
  permissions: readonly Permission[];
  /** The organization's salt. */
  salt: string;
}

/** The context of every verb. */
export interface Caller {
  env: Env;
  config: Config;
  principal: Principal;
  /** The token it came by: it opens one job alone. Absent where it came by a key. */
  token?: JobToken;
  /**
   * Whether the credential still stands, looked up anew: what is held open for long asks from time to time. The
   * principal of a key is then what it may from now on.
   */
  renew(now: number): Promise<boolean>;
}

/** Whether the caller may still be told things. Where its credential can't be looked at now, it stands until the next time. */
export async function stands({ principal, renew }: Caller): Promise<boolean> {
  try {
    return await renew(Date.now());
  } catch (cause) {
    log('warn', 'renewal_failed', { organization: principal.organization, cause });
    return true;
  }
}
