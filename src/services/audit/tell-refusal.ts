import { type AuditRecord, REFUSALS_AN_HOUR } from '../../domain/audit/audit-record';
import { HOUR } from '../../domain/base/time';
import { log } from '../../log';
import { orgObject } from '../../objects/address';
import type { Caller } from '../access/caller';
import { askNewer } from '../ask-object';
import { Lru } from '../lru';

/** Beyond the hour's first, refusals are told of together after this (ms): a flood asks the organization's object once a second. */
const TOGETHER = 1_000;

/** What an isolate knows of a credential's refused acts in the running hour. */
interface Refusals {
  hour: number;
  told: number;
  /** Those that nobody was told of yet, in an act that is on its way. */
  waiting: number;
}

const known = new Lru<Refusals>(10_000, 2_000_000);

/** Tells the organization's object of a refused act, or of many at once where there are many. Never throws. */
export async function tellRefusal({ env, principal }: Caller, record: AuditRecord): Promise<void> {
  const { organization, actor } = principal;
  const name = `${organization} ${actor.kind} ${actor.id}`;
  const hour = Math.floor(record.at / HOUR);
  const before = known.get(name);
  const refusals = before?.hour === hour ? before : { hour, told: 0, waiting: 0 };
  known.set(name, refusals, name.length);
  let more = 0;
  if (refusals.told >= REFUSALS_AN_HOUR) {
    refusals.waiting += 1;
    if (refusals.waiting > 1) return;
    await new Promise((resolve) => setTimeout(resolve, TOGETHER));
    more = refusals.waiting - 1;
    refusals.waiting = 0;
  }
  refusals.told += 1;
  try {
    const told = await askNewer(() => orgObject(env, organization).refusedAct(record, more), false);
    if (!told.ok) throw new Error(told.rejection.detail);
  } catch (cause) {
    log('warn', 'refusal_not_recorded', { organization, request_id: record.request_id, cause });
  }
}
