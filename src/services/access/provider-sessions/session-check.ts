import type { Config } from '../../../config';
import type { ProviderSettings } from '../../../domain/access/session-settings';
import { isFresh } from '../../../domain/base/time';
import { log } from '../../../log';
import { sha256 } from '../../ids/secrets';
import type { KeepAlive } from '../../keep-alive';
import { Lru } from '../../lru';
import { askProvider } from './ask-provider';
import { claimAt, type Member, textsIn } from './member';
import { SharedAsks } from './shared-asks';

/** How long the provider's good answer about a session is believed (ms). */
export const CHECK_LIFE = 30_000;
const MOST_SESSIONS = 1_000;

/** What a session is shown by: its token, or its JWT. */
export type SessionProof = { session_token: string } | { session_jwt: string };

/** A refusal that is about who asks, not about the session. */
const OURS = /(?:^|_)(?:credentials|secret|project)(?:_|$)/;
/** How a provider says that a session is none. */
const NONE: ReadonlySet<number> = new Set([400, 401, 403, 404]);

/** What the provider says of sessions, to one isolate. */
class SessionChecks {
  readonly #believed = new Lru<{ member: Member; asked: number }>(MOST_SESSIONS, MOST_SESSIONS);
  readonly #asks: SharedAsks<Member | 'away' | null>;
  readonly #patience: number;

  constructor(patience: number) {
    this.#patience = patience;
    this.#asks = new SharedAsks<Member | 'away' | null>(patience * 2, 'away');
  }

  /**
   * Whom the session is of, null where there is no such session, `away` where the provider does not say. What it said
   * longer than `believed` (ms) ago is asked for again; that there is none is never remembered.
   */
  async check(
    provider: ProviderSettings,
    proof: SessionProof,
    now: number,
    believed: number,
    keepAlive: KeepAlive,
  ): Promise<Member | 'away' | null> {
    const name = await sha256(JSON.stringify(proof));
    const known = this.#believed.get(name);
    const stands = known !== undefined && isFresh(known.asked, now, believed);
    if (stands && now < known.member.until) return known.member;
    const answer = await this.#asks.ask(name, () => askAbout(this.#patience, provider, proof), keepAlive);
    if (answer === null || answer === 'away') {
      if (answer === null) this.#believed.delete(name);
      return answer;
    }
    if (now >= answer.until) return null;
    this.#believed.set(name, { member: answer, asked: now }, 1);
    return answer;
  }
}

async function askAbout(
  patience: number,
  provider: ProviderSettings,
  proof: SessionProof,
): Promise<Member | 'away' | null> {
  const { api, project, secret } = provider;
  const answer = await askProvider(patience, `${api}/v1/b2b/sessions/authenticate`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Basic ${basic(project, secret)}` },
    body: JSON.stringify(proof),
  });
  if (answer === null) return 'away';
  const { status, json } = answer;
  const error_type = String((json as { error_type?: unknown } | null)?.error_type ?? '');
  if (NONE.has(status) && !OURS.test(error_type)) return null;
  const member = status === 200 ? memberIn(json) : null;
  if (member === null) log('warn', 'session_provider_wrong', { status, error_type });
  return member ?? 'away';
}

/** The session in the provider's good answer; null where there is none in it. */
function memberIn(json: unknown): Member | null {
  const [member_id, organization, roles, expires_at] = [
    'member_id',
    'organization_id',
    'roles',
    'expires_at',
  ].map((name) => claimAt(json, `member_session.${name}`));
  if (typeof member_id !== 'string' || typeof organization !== 'string') return null;
  const until = expires_at === undefined ? Number.POSITIVE_INFINITY : Date.parse(String(expires_at));
  return Number.isNaN(until) ? null : { member_id, organization, roles: textsIn(roles), until };
}

/** HTTP basic authentication. Source: RFC 7617. */
function basic(user: string, password: string): string {
  return new TextEncoder().encode(`${user}:${password}`).toBase64();
}

const instances = new WeakMap<Config, SessionChecks>();

export function sessionChecksOf(config: Config): SessionChecks {
  const known = instances.get(config) ?? new SessionChecks(config.sessions.patience);
  instances.set(config, known);
  return known;
}
