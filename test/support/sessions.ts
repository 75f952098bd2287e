/** People who sign in at a provider of the tests, and what it can be told. It knows HTTP alone. */
import { env } from 'cloudflare:workers';
import { type Client, makeClient, send } from './client.ts';

export interface SignIn {
  roles?: string[];
  member_id?: string;
  expires_in?: number;
  jwt_expires_in?: number;
}

/** A provider of its own for each name: what one is told the others don't know of. */
export class Provider {
  readonly url: string;

  constructor(name = 'sessions.test') {
    this.url = `https://${name}`;
  }

  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever came back
  async tell(verb: string, body: unknown = {}): Promise<any> {
    const answer = await fetch(`${this.url}/control/${verb}`, { method: 'POST', body: JSON.stringify(body) });
    if (answer.status !== 200) throw new Error(`${verb}: ${answer.status}`);
    return answer.json();
  }

  /** Signs somebody in to the organization that the provider calls `external`. */
  signIn(external: string, who: SignIn = {}): Promise<{ session_token: string; session_jwt: string }> {
    return this.tell('sign-in', { organization_id: external, ...who });
  }

  /** A JWT with any claims, signed by the provider. */
  async signed(claims: object, header: Record<string, string> = {}): Promise<string> {
    return (await this.tell('sign', { claims, header })).jwt;
  }
}

/** A new organization that a provider knows as `external`, with a key that may do everything. */
export async function makeMembers(): Promise<{ client: Client; external: string }> {
  const client = await makeClient();
  const external = `organization-test-${crypto.randomUUID()}`;
  await nameOrganization(client.organization, external);
  return { client, external };
}

export async function nameOrganization(organization: string, external_id: string | null): Promise<void> {
  const answer = await send(env.ADMIN_TOKEN, 'PATCH', `/admin/orgs/${organization}`, {
    body: { external_id },
  });
  if (answer.status !== 200) throw new Error(`external_id: ${answer.status} ${answer.text}`);
}
