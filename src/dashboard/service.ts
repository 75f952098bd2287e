import { OrganizationHeadway } from '../client/organization-headway.ts';
import { Headway, type Schemas } from '../client/page.ts';
import type { Request } from '../client/service.ts';

/** What opens this page in place of a sign-in, to be read alone. It stands behind the `#` of the address, which no server sees. */
export const token = new URLSearchParams(location.hash.slice(1)).get('token');

/** What a page asks of its service beside what every program does. */
class PageHeadway extends OrganizationHeadway {
  /** An answer as it was sent, so that its numbers keep their digits. Tried once. */
  async text(request: Request): Promise<string> {
    const headers = { 'Content-Type': 'application/json' };
    const response = await this.transport.open({ ...request, ...(request.text ? { headers } : {}) });
    return response.text();
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
export const headway = new PageHeadway({ url: location.origin, apiKey: token });

/** Signs in: by a key as bearer, or by the code of a link. The answer sets the cookie. */
export async function openSession(
  credential: { apiKey: string } | { code: string },
): Promise<Schemas['Session']> {
  if ('apiKey' in credential) {
    const service = new Headway({ url: location.origin, apiKey: credential.apiKey });
    return service.sessions.signIn();
  }
  return headway.sessions.signInByCode(credential.code);
}
