import { errorOf, HeadwayError } from './headway-error.ts';
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
}

export interface ServiceOptions {
  /** Where the service is: `https://host[:port]`. */
  url: string;
  /** A key, or a token; null in a page that its own origin knows by a cookie. */
  credential: string | null;
  organization?: string | undefined;
  fetch?: typeof fetch | undefined;
}

/** One service, asked under one credential. */
export class Service {
  readonly url: string;
  readonly credential: string | null;
  readonly headers: Record<string, string>;
  readonly #fetch: typeof fetch;

  constructor({ url, credential, organization, fetch: given }: ServiceOptions) {
    this.url = url;
    while (this.url.endsWith('/')) this.url = this.url.slice(0, -1);
    this.credential = credential?.trim() ?? null;
    // What fetch says of it would show it.
    if (/[^!-~]/.test(String(this.credential))) {
      throw new HeadwayError('unauthenticated', 'this can be no key');
    }
    this.headers = {
      ...(this.credential === null ? {} : { Authorization: `Bearer ${this.credential}` }),
      ...(organization === undefined ? {} : { 'X-Organization-ID': organization }),
    };
    // Called as a method of something else, a browser’s fetch throws.
    this.#fetch = given ?? ((input, init) => fetch(input, init));
  }

  address(path: string, query: Query = {}): string {
    const search = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) {
      for (const one of [value ?? []].flat()) search.append(name, String(one));
    }
    return this.url + path + (search.size ? `?${search}` : '');
  }

  /** Sends once, and answers what is no refusal with its body unread. */
  async open({ method, path, query, text, headers }: Request, signal?: AbortSignal): Promise<Response> {
    const response = await this.#fetch(this.address(path, query), {
      ...{ method, signal: signal ?? null, redirect: 'manual', body: text ?? null },
      headers: { ...this.headers, ...headers },
    });
    if (response.ok) return response;
    throw await errorOf(response, Date.now());
  }
}
