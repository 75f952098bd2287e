import { OrganizationHeadway } from '../client/organization-headway.ts';
import { Headway, type Schemas } from '../client/page.ts';

/** What opens this page in place of a sign-in, to be read alone. It stands behind the `#` of the address, which no server sees. */
export const token = new URLSearchParams(location.hash.slice(1)).get('token');

/** The service that served this page, asked under the token, or else under the cookie of its sign-in. */
export const headway = new OrganizationHeadway({ url: location.origin, apiKey: token });

/** At most `most` entries of a paged list, in its order. */
export async function firstOf<Entry>(entries: AsyncIterable<Entry>, most: number): Promise<Entry[]> {
  const found: Entry[] = [];
  for await (const entry of entries) {
    found.push(entry);
    if (found.length === most) break;
  }
  return found;
}

/** A job as text, so that numbers keep their digits. */
export async function jobText(id: string): Promise<string> {
  const headers = token === null ? {} : { Authorization: `Bearer ${token}` };
  const response = await fetch(`/api/jobs/${encodeURIComponent(id)}`, { headers });
  if (!response.ok) throw new Error(`The job can’t be read: ${response.status}`);
  return response.text();
}

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
