import type { AuditRecord } from '../domain/audit/audit-record';
import type { RejectionCode } from '../domain/base/rejection';
import { tellRefusal } from '../services/audit/tell-refusal';
import type { Exchange } from './exchange';
import { PROBLEMS } from './problem';

/**
 * Has an act recorded that its caller may not do: one of an endpoint that names its act, refused with a 403. No answer
 * waits for it.
 */
export function auditRefusal(exchange: Exchange, code: RejectionCode, now: number): void {
  const { route, caller, params } = exchange;
  const act = route.endpoint?.audit;
  if (act === undefined || caller === null || PROBLEMS[code].status !== 403) return;
  const { action, target, named } = act;
  const id = named === undefined ? null : idIn(params[named]);
  const record: AuditRecord = {
    at: now,
    ...exchange.trace,
    action,
    target: { type: target, id },
    outcome: 'refused',
    code,
  };
  exchange.keepAlive(tellRefusal(caller, record));
}

/** What is no id is somebody's text, and stays out of a record. */
function idIn(named = ''): string | null {
  return /^(?:wh_)?[\da-f-]{16,40}$/i.test(named) ? named.toLowerCase() : null;
}
