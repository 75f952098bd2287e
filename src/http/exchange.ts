import { type Config, configOf, type Env } from '../config';
import type { AuditTrace } from '../domain/audit/audit-record';
import type { Adjustment } from '../domain/base/adjustment';
import type { Json } from '../domain/base/json';
import { NOTHING_TOLD, type Told } from '../domain/door/told';
import type { Caller } from '../services/access/caller';
import type { RequestKey } from '../services/jobs/request-key';
import type { KeepAlive } from '../services/keep-alive';
import { addressOf, householdOf } from './address';
import { auditTrace } from './audit-trace';
import type { Call } from './endpoint';
import type { HeldBody } from './held-bodies';
import { originOf } from './origin';
import { type Credential, isAmbient, presentedCredential } from './presented-credential';
import type { RawBody } from './read-body';
import type { Route } from './route';

const NO_BODY: RawBody = new Uint8Array();

/** A request on its way to its endpoint: what came, what its checks have found in it, and what they add to its answer. */
export class Exchange implements Call<unknown, unknown> {
  readonly route: Route;
  readonly env: Env;
  readonly config: Config;
  readonly incoming: Request;
  readonly headers: Headers;
  readonly url: string;
  readonly params: Record<string, string>;
  readonly keepAlive: KeepAlive;
  readonly requestId: string;
  caller: Caller | null = null;
  raw: RawBody = NO_BODY;
  json: Json = null;
  adjusted: readonly Adjustment[] = [];
  told: Told = NOTHING_TOLD;
  /** The body ends a job. */
  ends = false;
  request: RequestKey | null = null;
  position: Json | null = null;
  query: unknown;
  body: unknown;
  /** Headers that the answer bears, a good one or a bad one. */
  added: Record<string, string> | null = null;
  #search: URLSearchParams | null | undefined;
  #credential: Credential | null | undefined;
  #trace: AuditTrace | null = null;
  #held: HeldBody | null = null;
  #answered = () => {};

  constructor(
    route: Route,
    env: Env,
    incoming: Request,
    params: Record<string, string>,
    keepAlive: KeepAlive,
    requestId: string,
  ) {
    this.route = route;
    this.env = env;
    this.config = configOf(env);
    this.incoming = incoming;
    this.headers = incoming.headers;
    this.url = incoming.url;
    this.params = params;
    this.keepAlive = keepAlive;
    this.requestId = requestId;
  }

  /** Counts its body until it is answered: it goes on where its client has gone, since nobody else would let go of it. */
  hold(body: HeldBody): void {
    this.#held = body;
    const answered = new Promise<void>((resolve) => {
      this.#answered = resolve;
    });
    this.keepAlive(answered);
  }

  /** Lets go of its body. */
  letGo(): void {
    this.#held?.letGo();
    this.#answered();
  }

  /** Adds to the headers of the answer, whatever it will be. They win over the answer's own, `Vary` excepted. */
  add(headers: Record<string, string>): void {
    this.added = this.added === null ? headers : { ...this.added, ...headers };
  }

  /** The query's parameters, null for none: most requests have none, and parsing a URL costs more than seeing that. */
  get search(): URLSearchParams | null {
    if (this.#search === undefined) {
      this.#search = this.url.includes('?') ? new URL(this.url).searchParams : null;
    }
    return this.#search;
  }

  /** What it shows of who sends it. */
  get credential(): Credential | null {
    const { checked } = this.route;
    this.#credential ??= checked === null ? null : presentedCredential(checked, this);
    return this.#credential;
  }

  /** A browser sends the credential by itself. */
  get ambient(): boolean {
    return isAmbient(this.credential);
  }

  /** Made where an act is recorded, and nowhere else. */
  get trace(): AuditTrace {
    this.#trace ??= auditTrace(this.incoming, this.config, this.caller, this.requestId);
    return this.#trace;
  }

  /** Whose bodies its own is counted among: its organization's, or those from where it came. */
  get sender(): string {
    return this.caller?.principal.organization ?? `from ${placeOf(this.incoming, this.config)}`;
  }

  /** Few want it, and a URL is dear to parse. */
  get host(): string {
    return new URL(this.url).host;
  }

  get origin(): string {
    return originOf(this.url, this.headers, this.config);
  }

  get signal(): AbortSignal {
    return this.incoming.signal;
  }

  get lastEventId(): string | null {
    if (!this.route.endpoint?.resumable) return null;
    return this.headers.get('Last-Event-ID') || (this.search === null ? null : idInQuery(this.search));
  }

  get minimal(): boolean {
    return (this.route.endpoint?.minimizable ?? false) && prefersMinimal(this.headers.get('Prefer') ?? '');
  }

  get ifNoneMatch(): string | null {
    return this.route.endpoint?.conditional ? this.headers.get('If-None-Match') : null;
  }

  get noCache(): boolean {
    return this.ifNoneMatch !== null && wantsNoCache(this.headers.get('Cache-Control') ?? '');
  }
}

/** One household's, or all those of which nobody says where they are. */
function placeOf(incoming: Request, config: Config): string {
  const address = addressOf(incoming, config);
  return address === null ? 'somewhere' : householdOf(address);
}

/** A polyfill of EventSource can send no header: `lastEventId` is its own name for it, others are told to it. */
const LAST_EVENT_ID = /^last-?event-?id$/i;

function idInQuery(search: URLSearchParams): string | null {
  const found = [...search].find(([name, value]) => value !== '' && LAST_EVENT_ID.test(name));
  return found?.[1] ?? null;
}

/** Whether the first `return` preference is `minimal` (RFC 7240). */
function prefersMinimal(prefer: string): boolean {
  const returns = prefer
    .split(',')
    .map((preference) => /^\s*return\s*=\s*"?([\w-]+)"?/i.exec(preference)?.[1]);
  return returns.find((value) => value !== undefined)?.toLowerCase() === 'minimal';
}

function wantsNoCache(cacheControl: string): boolean {
  return /(?:^|,)\s*no-cache\s*(?:,|$)/i.test(cacheControl);
}
