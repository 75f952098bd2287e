import type { Config } from '../../config';
import { TOKEN_SCOPES, type TokenScope } from '../../domain/access/token';
import { fromBase64Url, toBase64Url } from './base64url';
import { mac, sameBytes } from './secrets';
import { signedIdFrom } from './signed-id';

/** What a token says. Nothing of it is stored: its MAC is what makes it true. */
export interface JobToken {
  organization: string;
  job_id: string;
  scope: TokenScope;
  /** Whether GET acts on the paths of the one-line worker. */
  allow_get: boolean;
  /** The key or hook that made it: revoking or deleting it revokes the token. */
  maker: { kind: 'key' | 'hook'; id: string };
  /** Seconds since 1970. */
  expires_at: number;
  /** The job's token generation when it was made: another one now, and the token is revoked. */
  generation: number;
}

/*
 * `hwt_` and base64url of: 12 bytes MAC | 1 byte flags (2 bits root generation, 2 scope, 1 allow_get, 2 its maker's
 * generation, 1 for a hook) | 16 job id | 8 the maker's random half, the MAC of its id follows from it | 4 expires_at | 4 generation |
 * the organization in ASCII. One byte 1 before the organization, which begins with a letter or digit, and six of chance:
 * two tokens that say the same are two. Those made before have neither.
 */
const PREFIX = 'hwt_';
const MAC_BYTES = 12;
const CHANCE = { mark: 1, bytes: 6 } as const;
const FIXED = { flags: 0, job: 1, key: 17, expires: 25, generation: 29, organization: 33 } as const;
const LONGEST = PREFIX.length + Math.ceil(((MAC_BYTES + FIXED.organization + 1 + CHANCE.bytes + 40) * 4) / 3);

/** Whether a credential is meant to be a token for one job, a good one or not. */
export function isJobTokenText(text: string): boolean {
  return text.startsWith(PREFIX);
}

/** The token as text, safe in a URL. */
export async function mintJobToken(config: Config, token: JobToken): Promise<string> {
  const organization = new TextEncoder().encode(token.organization);
  const named = FIXED.organization + 1 + CHANCE.bytes;
  const payload = new Uint8Array(named + organization.byteLength);
  const scope = TOKEN_SCOPES.indexOf(token.scope);
  payload[FIXED.flags] =
    config.generation |
    (scope << 2) |
    (token.allow_get ? 16 : 0) |
    (Number(token.maker.id.charAt(0)) << 5) |
    (token.maker.kind === 'hook' ? 128 : 0);
  payload.set(Uint8Array.fromHex(token.job_id.replaceAll('-', '')), FIXED.job);
  payload.set(Uint8Array.fromHex(token.maker.id.slice(1, 17)), FIXED.key);
  const view = new DataView(payload.buffer);
  view.setUint32(FIXED.expires, token.expires_at);
  view.setUint32(FIXED.generation, token.generation);
  payload[FIXED.organization] = CHANCE.mark;
  crypto.getRandomValues(payload.subarray(FIXED.organization + 1, named));
  payload.set(organization, named);
  const code = await codeOf(config, payload);
  if (code === null) throw new Error('the current root secret is not among the configured ones');
  const bytes = new Uint8Array(MAC_BYTES + payload.byteLength);
  bytes.set(code);
  bytes.set(payload, MAC_BYTES);
  return `${PREFIX}${toBase64Url(bytes)}`;
}

/** What a token says, or null where it was not made here. Whether it still stands is not looked at. */
export async function readJobToken(config: Config, text: string): Promise<JobToken | null> {
  if (!isJobTokenText(text) || text.length > LONGEST) return null;
  const bytes = fromBase64Url(text.slice(PREFIX.length));
  if (bytes === null || bytes.byteLength <= MAC_BYTES + FIXED.organization) return null;
  const payload = bytes.slice(MAC_BYTES);
  const code = await codeOf(config, payload);
  if (code === null || !sameBytes(code, bytes.subarray(0, MAC_BYTES))) return null;
  const flags = payload[FIXED.flags] ?? 0;
  const chance = payload[FIXED.organization] === CHANCE.mark ? 1 + CHANCE.bytes : 0;
  const organization = new TextDecoder().decode(payload.subarray(FIXED.organization + chance));
  const stem = `${(flags >> 5) & 3}${payload.subarray(FIXED.key, FIXED.expires).toHex()}`;
  const kind = (flags & 128) === 0 ? 'key' : 'hook';
  const id = await signedIdFrom(config, kind === 'key' ? 'api-key' : 'hook', organization, stem);
  const scope = TOKEN_SCOPES[(flags >> 2) & 3];
  if (id === null || scope === undefined) return null;
  const view = new DataView(payload.buffer);
  return {
    organization,
    scope,
    maker: { kind, id },
    allow_get: (flags & 16) !== 0,
    job_id: toUuid(payload.subarray(FIXED.job, FIXED.key).toHex()),
    expires_at: view.getUint32(FIXED.expires),
    generation: view.getUint32(FIXED.generation),
  };
}

async function codeOf(config: Config, payload: Uint8Array): Promise<Uint8Array | null> {
  const generation = (payload[FIXED.flags] ?? 0) & 3;
  const code = await mac(config, 'job-token', generation, `job-token\0${payload.toHex()}`);
  return code?.subarray(0, MAC_BYTES) ?? null;
}

function toUuid(hex: string): string {
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
