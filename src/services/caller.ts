import type { Config, Env } from '../config';
import type { Permission } from '../domain/permission';

/** Who calls: one organization, by one of its keys. The organization comes from the credential alone. */
export interface Principal {
  organization: string;
  key_id: string;
  permissions: readonly Permission[];
  /** The organization's salt. */
  salt: string;
}

/** The context of every verb. */
export interface Caller {
  env: Env;
  config: Config;
  principal: Principal;
  /** Whether the credential still stands, looked up anew: what is held open for long asks from time to time. */
  renew(now: number): Promise<boolean>;
}
