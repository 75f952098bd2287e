import { type Limits, limitsOf } from '../../domain/access/limits';
import type { Namespaces } from '../address';
import { AlarmClock } from '../kit/alarm-clock';
import { GuardedAlarm } from '../kit/guarded-alarm';
import { standardOf } from '../kit/standard-of';
import { Tables } from '../kit/tables';
import { OrgAudit } from './org-audit';
import { OrgFilterTokens } from './org-filter-tokens';
import { OrgKeys } from './org-keys';
import { OrgProfile } from './org-profile';
import { OrgSessions } from './org-sessions';
import { OrgStore } from './org-store';
import { OrgWebhooks } from './org-webhooks';

/** What an organization's object is made of. */
export interface OrgParts {
  tables: Tables;
  store: OrgStore;
  profile: OrgProfile;
  keys: OrgKeys;
  sessions: OrgSessions;
  filterTokens: OrgFilterTokens;
  webhooks: OrgWebhooks;
  audit: OrgAudit;
  clock: AlarmClock;
  alarm: GuardedAlarm;
  /** The organization's own, over the service's. */
  limits(): Limits;
}

export function orgParts({ id, storage }: DurableObjectState, env: Namespaces): OrgParts {
  const { sql } = storage;
  const tables = new Tables(sql);
  const store = new OrgStore(sql, tables);
  const clock = new AlarmClock(storage);
  const audit = new OrgAudit(storage, tables, clock);
  const profile = new OrgProfile(store, audit, Number(env.INDEX_SHARDS ?? 1));
  const keys = new OrgKeys(sql, tables, audit);
  return {
    ...{ tables, store, profile, keys, audit, clock },
    sessions: new OrgSessions(sql, tables, keys, audit),
    filterTokens: new OrgFilterTokens(sql, tables, keys, audit),
    webhooks: new OrgWebhooks(sql, tables, audit),
    alarm: new GuardedAlarm(clock, () => ({ object: id.name })),
    limits: () => limitsOf(profile.get()?.limits, standardOf(env)),
  };
}
