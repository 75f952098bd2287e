import { LOOPBACK } from '../base/web-address';
import { PERMISSIONS, type Permission } from './permission';

/** A provider of sessions that is asked about each: its base URL without a slash at the end, and who asks. */
export interface ProviderSettings {
  api: string;
  project: string;
  secret: string;
}

/** Any OpenID issuer, whose JWT is believed by itself. */
export interface IssuerSettings {
  issuer: string;
  audience: string;
  /** Where its keys are; null for where its own description says. */
  keys: string | null;
  /** The claims that name the organization and the roles: a name, or a path of names with dots. */
  organizationClaim: string;
  rolesClaim: string;
}

/** What sign-in by browser is set to. Without a provider or an issuer a cookie opens nothing. */
export interface SessionSettings {
  provider: ProviderSettings | null;
  issuer: IssuerSettings | null;
  /** What a role may do. */
  roles: ReadonlyMap<string, readonly Permission[]>;
  /** How long either may take for an answer (ms). */
  patience: number;
  /** A header that holds a JWT, put there by a proxy of one's own; null for none. */
  header: string | null;
  /** The pages of other origins that may call with a browser's own credential. */
  origins: readonly string[];
  /** What of a request a cached answer depends on: a list of names of headers. */
  vary: string;
}

/** The variables that it is read from. */
export interface SessionVariables {
  /** The provider's base URL. */
  SESSION_API?: string;
  SESSION_PROJECT?: string;
  SESSION_SECRET?: string;
  /** The issuer as its JWTs name it. */
  SESSION_ISSUER?: string;
  SESSION_AUDIENCE?: string;
  SESSION_JWKS?: string;
  SESSION_ORG_CLAIM?: string;
  SESSION_ROLES_CLAIM?: string;
  /** How long a provider may take for an answer, 100–60,000 ms; 3,000 where it is not set. */
  SESSION_TIMEOUT_MS?: string;
  /** JSON: permissions by role, `["*"]` for all. */
  SESSION_ROLES?: string;
  SESSION_HEADER?: string;
  /** Origins, `https://host[:port]` each, separated by commas. */
  SESSION_ORIGINS?: string;
}

/** Headers that mean something else already. */
const TAKEN = /^(?:authorization|cookie|host|origin|sec-.*|x-organization-id)$/i;
const ROLES = '{"stytch_admin": ["*"], "stytch_member": ["job:read"]}';

/** Throws where a variable can't be what it is meant to be. One that is bound and not set is null. */
export function sessionSettings(variables: SessionVariables): SessionSettings {
  const header = variables.SESSION_HEADER || null;
  if (header !== null && (!/^[\w-]{1,64}$/.test(header) || TAKEN.test(header)))
    throw new Error('SESSION_HEADER must be the name of a header that is free');
  const origins = originsIn(variables.SESSION_ORIGINS || '');
  return {
    provider: providerIn(variables),
    issuer: issuerIn(variables),
    patience: patienceIn(variables.SESSION_TIMEOUT_MS || '3000'),
    roles: rolesIn(variables.SESSION_ROLES || ROLES),
    header,
    origins,
    vary: ['Cookie', header ?? [], origins.length > 0 ? 'Origin' : []].flat().join(', '),
  };
}

function patienceIn(text: string): number {
  const patience = Number(text);
  if (!(patience >= 100 && patience <= 60_000)) throw new Error('SESSION_TIMEOUT_MS must be 100 to 60000');
  return patience;
}

function providerIn(variables: SessionVariables): ProviderSettings | null {
  const { SESSION_API: api, SESSION_PROJECT: project, SESSION_SECRET: secret } = variables;
  if (!api && !project && !secret) return null;
  if (!api || !project || !secret)
    throw new Error('SESSION_API, SESSION_PROJECT and SESSION_SECRET belong together');
  if (!/^[\w-]+$/.test(project)) throw new Error('SESSION_PROJECT must be the id of a project');
  return { api: baseUrl('SESSION_API', api).replace(/(?<!\/)\/+$/, ''), project, secret };
}

function issuerIn(variables: SessionVariables): IssuerSettings | null {
  const { SESSION_ISSUER: issuer, SESSION_AUDIENCE: audience, SESSION_JWKS: keys } = variables;
  if (!issuer && !audience && !keys) return null;
  if (!issuer || !audience) throw new Error('SESSION_ISSUER and SESSION_AUDIENCE belong together');
  return {
    issuer: baseUrl('SESSION_ISSUER', issuer),
    audience,
    keys: keys ? baseUrl('SESSION_JWKS', keys) : null,
    organizationClaim: variables.SESSION_ORG_CLAIM || 'org_id',
    rolesClaim: variables.SESSION_ROLES_CLAIM || 'roles',
  };
}

/** What goes there is a secret: over https, or nowhere but to this machine. */
function baseUrl(name: string, text: string): string {
  const url = URL.parse(text);
  const safe = url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK.has(url.hostname));
  if (!safe || url?.search || url?.hash || url?.username)
    throw new Error(`${name} must be a URL of https, without a query`);
  return text;
}

function rolesIn(text: string): Map<string, readonly Permission[]> {
  const roles = Object.entries(jsonIn(text) ?? {});
  return new Map(
    roles.map(([role, permissions]) => {
      const known =
        Array.isArray(permissions) && permissions.every((one) => one === '*' || isPermission(one));
      if (!known)
        throw new Error(`SESSION_ROLES gives ${role} what are no permissions; "*" stands for all of them`);
      return [role, permissions.includes('*') ? PERMISSIONS : permissions];
    }),
  );
}

function jsonIn(text: string): Record<string, unknown> | null {
  try {
    const json: unknown = JSON.parse(text);
    if (typeof json === 'object' && !Array.isArray(json)) return json as Record<string, unknown> | null;
  } catch {}
  throw new Error('SESSION_ROLES must be JSON: {"role": ["permission", …], …}');
}

function isPermission(text: unknown): text is Permission {
  return (PERMISSIONS as readonly unknown[]).includes(text);
}

function originsIn(list: string): string[] {
  const origins = list.split(',').map((one) => one.trim());
  return origins.filter(Boolean).map((one) => {
    const url = URL.parse(one);
    if (url === null || url.origin !== one || !/^https?:[^*]+$/.test(one))
      throw new Error('SESSION_ORIGINS must be origins, https://host[:port] each, separated by commas');
    return one;
  });
}
