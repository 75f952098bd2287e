import { refuseBeyond } from '../../domain/access/quota';
import { ok, type Result } from '../../domain/base/result';
import { Leases } from '../leases';
import type { Caller } from './caller';
import { limitsFor } from './own-limits';

/** Requests that stay: streams and sockets, which end when their reader goes, and those that wait for a change. */
export type HeldKind = 'streams' | 'waits';

/** Lets go of what was held; again it does nothing. */
export type LetGo = () => void;

const WORDS: Record<HeldKind, string> = { streams: 'streams and sockets', waits: 'waiting requests' };
const held = new Map<string, number>();
/** How long a wait counts that nobody lets go of (ms): none takes as long. A stream ends with its connection. */
const LEASE = 60_000;
const waits = new Leases<LetGo>(LEASE);

/** Counts one more that the caller’s credential holds open in this isolate, or says that it holds as many as it may. */
export function hold(caller: Caller, kind: HeldKind): Result<LetGo> {
  const name = `${kind} ${credentialOf(caller)}`;
  const words = `${WORDS[kind]} of this credential`;
  const full = refuseBeyond(heldBy(caller, kind), limitsFor(caller)[kind], words, 'close one first');
  return full === null ? ok(enter(name, kind)) : { ok: false, rejection: full };
}

/** How many of a kind the caller’s credential holds open in this isolate. */
export function heldBy(caller: Caller, kind: HeldKind): number {
  for (const letGo of waits.over()) letGo();
  return held.get(`${kind} ${credentialOf(caller)}`) ?? 0;
}

function enter(name: string, kind: HeldKind): LetGo {
  held.set(name, (held.get(name) ?? 0) + 1);
  let there = true;
  const letGo = () => {
    if (!there) return;
    there = false;
    waits.end(letGo);
    const left = (held.get(name) ?? 1) - 1;
    if (left === 0) held.delete(name);
    else held.set(name, left);
  };
  if (kind === 'waits') waits.begin(letGo);
  return letGo;
}

function credentialOf({ principal, token }: Caller): string {
  const { organization, actor, session_id, filter_token } = principal;
  const parts = [organization, actor.kind, actor.id, session_id, filter_token?.token_id];
  if (token !== undefined) parts.push(token.scope, token.job_id, String(token.expires_at));
  return parts.join(' ');
}
