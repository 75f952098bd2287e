import { errorOf, HeadwayError } from './headway-error.ts';
import { random } from './host.ts';
import { eitherSignal, pauseBefore, sleep } from './pause.ts';
import type { Ask } from './types.ts';

export type Query = Record<string, string | number | boolean | readonly string[] | undefined>;

/** One request, as often as it is sent. */
export interface Request extends Ask {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  path: string;
  query?: Query | undefined;
  /** JSON text as it is sent. */
  text?: string | undefined;
  headers?: Record<string, string> | undefined;
  /** How long one try may take beyond the usual (ms), since its answer may be waited for. */
  waits?: number | undefined;
}

export interface TransportOptions {
  /** Where the service is: `https://host[:port]`. */
  url: string;
  /** A key, or a job’s token. */
  credential: string;
  organization?: string | undefined;
  fetch?: typeof fetch | undefined;
  /** How long one try may take (ms), and all tries together. */
  tryMs?: number | undefined;
  totalMs?: number | undefined;
}

/** Sends requests to one service under one credential. */
export class Transport {
  readonly url: string;
  readonly headers: Record<string, string>;
  /** Requests go by the host’s own fetch. */
  readonly isPlain: boolean;
  readonly #fetch: typeof fetch;
  readonly #tryMs: number;
  readonly #totalMs: number;

  constructor({
    url,
    credential,
    organization,
    fetch: given,
    tryMs = 15_000,
    totalMs = 60_000,
  }: TransportOptions) {
    this.url = url;
    while (this.url.endsWith('/')) this.url = this.url.slice(0, -1);
    this.headers = {
      Authorization: `Bearer ${credential}`,
      ...(organization === undefined ? {} : { 'X-Organization-ID': organization }),
    };
    this.isPlain = given === undefined;
    // Called as a method of something else, a browser’s fetch throws.
    this.#fetch = given ?? ((input, init) => fetch(input, init));
    this.#tryMs = tryMs;
    this.#totalMs = totalMs;
  }

  address(path: string, query: Query = {}): string {
    const search = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) {
      if (value === undefined) continue;
      for (const one of Array.isArray(value) ? value : [value]) search.append(name, String(one));
    }
    return this.url + path + (search.size === 0 ? '' : `?${search}`);
  }

  /** Sends JSON and answers JSON, trying again while that may help; of a POST without a key only what was refused for now. */
  async ask<Answer>(request: Omit<Request, 'text'> & { body?: unknown; keyed?: boolean }): Promise<Answer> {
    const { body, keyed, signal, ...rest } = request;
    const headers = { ...rest.headers, ...(keyed ? { 'Idempotency-Key': random() + random() } : {}) };
    const sent = { ...rest, headers, signal, text: body === undefined ? undefined : JSON.stringify(body) };
    const repeatable = keyed || request.method !== 'POST';
    const end = Date.now() + this.#totalMs + (request.waits ?? 0);
    for (let tried = 1; ; tried++) {
      try {
        const response = await this.attempt(sent);
        return (response.status === 204 ? null : await response.json()) as Answer;
      } catch (error) {
        signal?.throwIfAborted();
        if (!(error instanceof HeadwayError) || !error.passing) throw error;
        if (!repeatable && error.status !== 429 && error.status !== 503) throw error;
        const pause = pauseBefore(tried, error.retryAfter);
        if (Date.now() + pause > end) throw error;
        await sleep(pause, signal);
      }
    }
  }

  /** Sends once, and answers what is no refusal, its body read; any other end is a `HeadwayError`. */
  async attempt(request: Request): Promise<Response> {
    const { waits = 0, signal } = request;
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), this.#tryMs + waits);
    try {
      const response = await this.open(request, eitherSignal(limit.signal, signal));
      if (response.status === 204) return response;
      const { status, headers } = response;
      return new Response(await response.text(), { status, headers });
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof HeadwayError) throw error;
      const code = limit.signal.aborted ? 'timeout' : 'network';
      const said = error instanceof Error ? error.message : String(error);
      const about = { passing: true, cause: error };
      throw new HeadwayError(code, `${request.method} ${request.path}: ${code}: ${said}`, about);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Sends once, and answers what is no refusal with its body unread. */
  async open({ method, path, query, text, headers }: Request, signal: AbortSignal): Promise<Response> {
    const response = await this.#fetch(this.address(path, query), {
      method,
      headers: {
        ...this.headers,
        ...(text === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...headers,
      },
      redirect: 'manual',
      signal,
      ...(text === undefined ? {} : { body: text }),
    });
    if (response.ok) return response;
    throw await errorOf(response, Date.now());
  }
}
