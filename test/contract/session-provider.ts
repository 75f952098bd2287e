/**
 * A provider of sessions: a real HTTP server on loopback with key pairs of its own, that can be told to be slow, away or
 * wrong and to rotate its keys. It speaks the two requests that the service sends, and those of an OpenID issuer.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';

export type Mood = 'good' | 'slow' | 'away' | 'wrong';

/** Who signs in, and for how long (s). */
export interface SignIn {
  organization_id: string;
  member_id?: string;
  roles?: string[];
  expires_in?: number;
  jwt_expires_in?: number;
}

export interface SignedIn {
  session_token: string;
  session_jwt: string;
}

interface Session extends Required<SignIn> {
  expires_at: number;
}

interface KeyPair {
  kid: string;
  privateKey: CryptoKey;
  published: JWK;
}

/** How long it keeps a caller waiting that it is slow to (ms): longer than anyone is patient. */
const SLOW = 20_000;
export const PROJECT = 'project-test-0001';
export const SECRET = 'secret-test-0001';

export class SessionProvider {
  mood: Mood = 'good';
  /** Requests of each kind that came. */
  readonly asked = { authenticate: 0, jwks: 0 };
  /** What it has given out, and what the service shows it. */
  readonly secrets = new Set([SECRET]);
  readonly #sessions = new Map<string, Session>();
  readonly #server: Server;
  readonly #name: string | undefined;
  #keys: KeyPair[] = [];
  #made = 0;

  private constructor(name: string | undefined) {
    this.#name = name;
    this.#server = createServer((request, answer) => {
      this.#serve(request, answer).catch(() => answer.destroy());
    });
  }

  /** Starts one; `name` is the base URL that it has for others, its own address by default. */
  static async start(name?: string): Promise<SessionProvider> {
    const provider = new SessionProvider(name);
    await provider.rotate();
    await once(provider.#server.listen(0, '127.0.0.1'), 'listening');
    provider.#server.unref();
    return provider;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get #own(): string {
    return this.#name ?? this.url;
  }

  /** What the service is set to. */
  get variables(): Record<string, string> {
    return {
      SESSION_TIMEOUT_MS: '15000',
      SESSION_API: this.url,
      SESSION_PROJECT: PROJECT,
      SESSION_SECRET: SECRET,
    };
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /** Signs with a new key from now on; the old ones are withdrawn. */
  async rotate(): Promise<void> {
    const kid = `jwk-test-${++this.#made}`;
    const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
    const published = { ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' };
    this.#keys = [{ kid, privateKey, published }];
  }

  async signIn(who: SignIn): Promise<SignedIn> {
    const token = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64url');
    const {
      member_id = 'member-test-1',
      roles = ['stytch_member'],
      expires_in = 3_600,
      jwt_expires_in = 300,
    } = who;
    const expires_at = Date.now() + expires_in * 1_000;
    const session = { ...who, member_id, roles, expires_in, jwt_expires_in, expires_at };
    this.#sessions.set(token, session);
    const session_jwt = await this.sign({
      iss: `stytch.com/${PROJECT}`,
      aud: [PROJECT],
      sub: member_id,
      exp: Math.floor(Date.now() / 1_000) + jwt_expires_in,
      'https://stytch.com/organization': { organization_id: who.organization_id, slug: 'slug' },
      'https://stytch.com/session': { id: token, roles },
    });
    for (const secret of [token, session_jwt]) this.secrets.add(secret);
    return { session_token: token, session_jwt };
  }

  /** Any claims under a good signature; `iat` is the time where they name none. */
  async sign(claims: Record<string, unknown>, header: Record<string, string> = {}): Promise<string> {
    const [key] = this.#keys as [KeyPair];
    const iat = Math.floor(Date.now() / 1_000);
    return new SignJWT({ iat, ...claims })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: key.kid, ...header })
      .sign(key.privateKey);
  }

  revoke(session_token: string): void {
    this.#sessions.delete(session_token);
  }

  /** What its member is from now on. */
  setRoles(session_token: string, roles: string[]): void {
    const session = this.#sessions.get(session_token);
    if (session !== undefined) session.roles = roles;
  }

  async #serve(request: IncomingMessage, answer: ServerResponse): Promise<void> {
    const path = request.url ?? '';
    if (path.startsWith('/control/')) return this.#control(path.slice(9), await text(request), answer);
    const isCheck = request.method === 'POST' && path === '/v1/b2b/sessions/authenticate';
    const areKeys = path === `/v1/b2b/sessions/jwks/${PROJECT}` || path === '/keys';
    if (isCheck) this.asked.authenticate += 1;
    if (areKeys) this.asked.jwks += 1;
    if (this.mood === 'away') return void request.socket.destroy();
    if (this.mood === 'slow') await new Promise((resolve) => setTimeout(resolve, SLOW).unref());
    if (this.mood === 'wrong') return reply(answer, 200, { member_session: 'yes', keys: 'no' });
    if (areKeys) return reply(answer, 200, { keys: this.#keys.map(({ published }) => published) });
    if (path === '/.well-known/openid-configuration')
      return reply(answer, 200, { issuer: this.#own, jwks_uri: `${this.#own}/keys` });
    if (!isCheck) return reply(answer, 404, { error_type: 'route_not_found' });
    const expected = `Basic ${Buffer.from(`${PROJECT}:${SECRET}`).toString('base64')}`;
    if (request.headers.authorization !== expected)
      return reply(answer, 401, { error_type: 'unauthorized_credentials' });
    this.#authenticate(JSON.parse(await text(request)), answer);
  }

  #authenticate(body: Record<string, unknown>, answer: ServerResponse): void {
    const token = String(body.session_token ?? sessionOf(String(body.session_jwt)));
    const session = this.#sessions.get(token);
    if (session === undefined || Date.now() >= session.expires_at) {
      reply(answer, 404, { status_code: 404, error_type: 'session_not_found' });
      return;
    }
    const { member_id, organization_id, roles, expires_at } = session;
    const ends = new Date(expires_at).toISOString();
    const member_session = { member_session_id: 's', member_id, organization_id, roles, expires_at: ends };
    reply(answer, 200, { status_code: 200, member_session, session_token: token });
  }

  /** For tests that share no memory with it. */
  async #control(verb: string, body: string, answer: ServerResponse): Promise<void> {
    const asked = body === '' ? {} : JSON.parse(body);
    if (verb === 'sign-in') return reply(answer, 200, await this.signIn(asked));
    if (verb === 'sign') return reply(answer, 200, { jwt: await this.sign(asked.claims, asked.header) });
    if (verb === 'revoke') this.revoke(asked.session_token);
    else if (verb === 'roles') this.setRoles(asked.session_token, asked.roles);
    else if (verb === 'rotate') await this.rotate();
    else if (verb === 'mood') this.mood = asked.mood;
    else if (verb !== 'asked') return reply(answer, 404, {});
    reply(answer, 200, this.asked);
  }
}

/** The session that a JWT belongs to; the service has seen to its signature. */
function sessionOf(jwt: string): string {
  const payload = JSON.parse(Buffer.from(jwt.split('.')[1] ?? 'e30', 'base64url').toString());
  return String(payload['https://stytch.com/session']?.id);
}

function reply(answer: ServerResponse, status: number, body: unknown): void {
  answer.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}
