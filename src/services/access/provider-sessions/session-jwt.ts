import type { JWTPayload } from 'jose';
import { decodeJwt } from 'jose/jwt/decode';
import type { Config } from '../../../config';
import type { IssuerSettings, ProviderSettings } from '../../../domain/access/session-settings';
import type { KeepAlive } from '../../keep-alive';
import { askProvider } from './ask-provider';
import { KeySet, keysIn } from './key-set';
import { claimAt, type Member, textsIn } from './member';

/** How far two clocks may be apart (s). */
const TOLERANCE = 5;
/** A JWT that nobody is asked about is believed for this long after it was made (s). */
const LONGEST = 3_600;

/** Whom a JWT is of; `asked` where its provider is to be asked about it before anything is changed. */
export interface Shown {
  member: Member;
  asked: boolean;
}

/** Whether a text has the form of a JWT. */
export function isJwt(text: string): boolean {
  return /^[\w-]+(?:\.[\w-]+){2}$/.test(text);
}

/**
 * Whom `jwt` is of by its signature alone, null where it is no good one at `now`, `away` where its issuer's keys can't be
 * had. Source: RFC 7519; the provider's documentation of its session JWTs.
 */
export async function readSessionJwt(
  config: Config,
  jwt: string,
  now: number,
  keepAlive: KeepAlive,
): Promise<Shown | 'away' | null> {
  const { provider, issuer } = config.sessions;
  const named = issuerOf(jwt);
  if (named === null) return null;
  if (issuer !== null && named === issuer.issuer) {
    const options = { issuer: issuer.issuer, audience: issuer.audience, maxTokenAge: LONGEST };
    const said = await issuerKeys(config, issuer).verify(jwt, { ...options, ...COMMON }, now, keepAlive);
    return said === 'away' ? said : shown(said && memberByClaims(said, issuer, now), false);
  }
  if (provider === null) return null;
  const options = { issuer: issuersOf(provider), audience: provider.project };
  const said = await providerKeys(config, provider).verify(jwt, { ...options, ...COMMON }, now, keepAlive);
  return said === 'away' ? said : shown(said && memberByProvider(said, now), true);
}

const COMMON = { clockTolerance: TOLERANCE, requiredClaims: ['exp', 'sub'] };

function shown(member: Member | null, asked: boolean): Shown | null {
  return member === null ? null : { member, asked };
}

/** A provider names itself by its project, or by the base URL of a project that has one of its own. */
function issuersOf({ api, project }: ProviderSettings): string[] {
  return [`stytch.com/${project}`, api, `${api}/`, `${api}/${project}`];
}

function memberByProvider(claims: JWTPayload, now: number): Member | null {
  const organization = claimAt(claims['https://stytch.com/organization'], 'organization_id');
  const roles = claimAt(claims['https://stytch.com/session'], 'roles');
  return member(claims, organization, roles, endOf(claims, now));
}

function memberByClaims(claims: JWTPayload, issuer: IssuerSettings, now: number): Member | null {
  const organization = claimAt(claims, issuer.organizationClaim);
  const until = Math.min(endOf(claims, now), ((claims.iat ?? 0) + LONGEST + TOLERANCE) * 1_000);
  return member(claims, organization, claimAt(claims, issuer.rolesClaim), until);
}

function member({ sub }: JWTPayload, organization: unknown, roles: unknown, until: number): Member | null {
  if (!sub || typeof organization !== 'string' || organization === '') return null;
  return { member_id: sub, organization, roles: textsIn(roles), until };
}

/** What it opens ends with it. By a clock that is ahead it has ended already: then the tolerance ends it. */
function endOf({ exp = 0 }: JWTPayload, now: number): number {
  return now < exp * 1_000 ? exp * 1_000 : (exp + TOLERANCE) * 1_000;
}

function issuerOf(jwt: string): string | null {
  try {
    return decodeJwt(jwt).iss ?? null;
  } catch {
    return null;
  }
}

const sets = new WeakMap<Config, Map<string, KeySet>>();

function providerKeys(config: Config, { api, project }: ProviderSettings): KeySet {
  return keySet(config, api, () =>
    keysAt(config.sessions.patience, `${api}/v1/b2b/sessions/jwks/${project}`),
  );
}

function issuerKeys(config: Config, issuer: IssuerSettings): KeySet {
  return keySet(config, issuer.issuer, async () => {
    const { patience } = config.sessions;
    const url = issuer.keys ?? (await describedKeys(patience, issuer.issuer));
    return url === null ? null : keysAt(patience, url);
  });
}

async function keysAt(patience: number, url: string) {
  const answer = await askProvider(patience, url);
  return answer?.status === 200 ? keysIn(answer.json) : null;
}

/** Where an issuer's own description says that its keys are, which is below itself. Source: OpenID Connect Discovery, 4. */
async function describedKeys(patience: number, issuer: string): Promise<string | null> {
  const answer = await askProvider(
    patience,
    `${issuer.replace(/(?<!\/)\/+$/, '')}/.well-known/openid-configuration`,
  );
  const url = URL.parse(String(claimAt(answer?.json, 'jwks_uri') ?? ''));
  const isOwn = claimAt(answer?.json, 'issuer') === issuer && url?.origin === new URL(issuer).origin;
  return answer?.status === 200 && isOwn ? (url?.href ?? null) : null;
}

/** One set an issuer and isolate. */
function keySet(config: Config, name: string, fetch: ConstructorParameters<typeof KeySet>[0]): KeySet {
  const own = sets.get(config) ?? new Map<string, KeySet>();
  sets.set(config, own);
  const set = own.get(name) ?? new KeySet(fetch, config.sessions.patience * 2);
  own.set(name, set);
  return set;
}
