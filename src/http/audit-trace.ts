import type { Config } from '../config';
import type { AuditActor, AuditTrace } from '../domain/audit/audit-record';
import { networkOf } from '../domain/audit/network-of';
import { cut } from '../domain/base/text';
import type { Caller } from '../services/access/caller';
import { addressOf } from './address';

/** The longest `User-Agent` that is kept (characters). */
const AGENT_LIMIT = 200;
const OPERATOR: AuditActor = { type: 'operator', id: 'operator', name: null };

/** What a request says of who sends it and where from: `caller` is null for the operator. */
export function auditTrace(
  request: Request,
  config: Pick<Config, 'trustProxy'>,
  caller: Caller | null,
  requestId: string,
): AuditTrace {
  const address = addressOf(request, config);
  const agent = request.headers.get('User-Agent');
  return {
    actor: caller === null ? OPERATOR : actorOf(caller),
    request_id: requestId,
    address: address === null ? null : networkOf(address),
    user_agent: agent === null || agent === '' ? null : cut(agent, AGENT_LIMIT),
  };
}

function actorOf({ principal: { actor, name } }: Caller): AuditActor {
  return { type: actor.kind, id: actor.id, name: name ?? null };
}
