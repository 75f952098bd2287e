import { jsonOf } from '../client/headway-error.ts';
import { HeadwayError, type Schemas } from '../client/page.ts';
import { pages } from '../client/reading.ts';
import { hooks, keys, webhooks } from '../client/resources.ts';
import type { Request } from '../client/service.ts';
import { Transport } from '../client/transport.ts';
import { WatchingHeadway } from '../client/watching-headway.ts';
import { fetchByClock } from './live/clock.ts';

const given = new URLSearchParams(location.hash.slice(1)).get('token');
/**
 * What opens this page in place of a sign-in, to be read alone; null where there is none that could be one. It stands behind the `#`
 * of the address, which no server sees.
 */
export const token = given !== null && /^[!-~]+$/.test(given) ? given : null;

/** What a page asks of its service beside what every program does. */
class PageHeadway extends WatchingHeadway {
  readonly webhooks = webhooks(this.transport);
  readonly hooks = hooks(this.transport);
  readonly keys = keys(this.transport);

  constructor(credential: string | null) {
    super(new Transport({ url: location.origin, credential, fetch: fetchByClock }));
  }

  usage(): Promise<Schemas['Usage']> {
    return this.ask('GET', '/api/usage');
  }

  audit(): AsyncGenerator<Schemas['AuditRecord'], void, void> {
    return pages(this.transport, '/api/audit', 'records', {});
  }

  /** An answer of JSON as it was sent, so that its numbers keep their digits. Tried once. */
  async text(request: Request): Promise<string> {
    const headers = { 'Content-Type': 'application/json' };
    try {
      const response = await this.transport.open({ ...request, ...(request.text ? { headers } : {}) });
      const text = await response.text();
      if (jsonOf(text) !== undefined) return text;
    } catch (error) {
      if (error instanceof HeadwayError) throw error;
    }
    throw new HeadwayError('network', 'no answer, or none of the service', { passing: true });
  }

  /**
   * Whose page this is from now on: under the sign-in of another organization, which another tab may bring, it is refused. Null
   * while nobody is known to be signed in.
   */
  belongTo(organization: string | null): void {
    if (organization === null) delete this.transport.headers['X-Organization-ID'];
    else this.transport.headers['X-Organization-ID'] = organization;
  }
}

/** The service that served this page, asked under the token, or else under the cookie of its sign-in. */
export const headway = new PageHeadway(token);

/** Signs in: by a key as bearer, or by the code of a link. The answer sets the cookie. */
export async function openSession(
  credential: { apiKey: string } | { code: string },
): Promise<Schemas['Session']> {
  if ('apiKey' in credential) return new PageHeadway(credential.apiKey).sessions.signIn();
  return headway.sessions.signInByCode(credential.code);
}
