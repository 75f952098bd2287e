import type { Config, Env } from '../../../config';
import { PERMISSIONS } from '../../../domain/access/permission';
import { type Rejection, reject } from '../../../domain/base/rejection';
import { ok, type Result } from '../../../domain/base/result';
import { LAST_INSTANT } from '../../../domain/base/time';
import type { KeepAlive } from '../../keep-alive';
import type { Principal } from '../caller';
import { homeOf } from './home-of';
import type { Member } from './member';
import { CHECK_LIFE, type SessionProof, sessionChecksOf } from './session-check';
import { isJwt, readSessionJwt } from './session-jwt';

/** How a session was shown: by its token or its JWT, or by the JWT alone. */
export interface ShownSession {
  text: string;
  jwtOnly: boolean;
}

/** How a session is looked up. */
export interface SessionLook {
  /** Whether it is to change something: then its provider is asked, though a JWT would say enough. */
  acts: boolean;
  now: number;
  /** What the provider said longer ago than this (ms) is asked for again. */
  believed?: number;
  keepAlive: KeepAlive;
}

/** Whom a session speaks for at `now`; null where it is none or of no organization here, or why that can't be told now. */
export async function holderOfSession(
  env: Env,
  config: Config,
  shown: ShownSession,
  look: SessionLook,
): Promise<Result<Principal | null>> {
  const member = await memberOf(config, shown, look);
  if (member === 'away') return { ok: false, rejection: providerAway() };
  if (member === null) return ok(null);
  const { now, believed = CHECK_LIFE } = look;
  const home = await homeOf(env, config, member.organization, now, Math.min(believed, CHECK_LIFE));
  if (!home.ok || home.value === null) return home.ok ? ok(null) : home;
  const { organization, salt, limits, shards, at: since } = home.value;
  const granted = new Set(member.roles.flatMap((role) => config.sessions.roles.get(role) ?? []));
  const permissions = PERMISSIONS.filter((permission) => granted.has(permission));
  const actor = { kind: 'member' as const, id: member.member_id };
  const until = member.until <= LAST_INSTANT ? member.until : null;
  return ok({ organization, actor, permissions, salt, until, limits, shards, since });
}

async function memberOf(
  config: Config,
  { text, jwtOnly }: ShownSession,
  { acts, now, believed = CHECK_LIFE, keepAlive }: SessionLook,
): Promise<Member | 'away' | null> {
  const { provider } = config.sessions;
  const check = (proof: SessionProof) =>
    provider === null
      ? null
      : sessionChecksOf(config).check(provider, proof, now, Math.min(believed, CHECK_LIFE), keepAlive);
  if (!isJwt(text)) return jwtOnly ? null : check({ session_token: text });
  const said = await readSessionJwt(config, text, now, keepAlive);
  if (said === null || said === 'away') return said;
  if (!said.asked || !acts) return said.member;
  const member = await check({ session_jwt: text });
  if (member === null || member === 'away') return member;
  const { member_id, organization, until } = said.member;
  if (member.member_id !== member_id || member.organization !== organization) return null;
  return { ...member, until: Math.min(member.until, until) };
}

function providerAway(): Rejection {
  return reject('unavailable', 'Who is signed in can’t be told right now. Try again shortly.');
}
