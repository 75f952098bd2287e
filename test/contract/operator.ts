/** What the operator of a service can do: make organizations and keys. */
import { randomUUID } from 'node:crypto';
import { Client, send } from './client.ts';

/** The holder of the admin token. */
export class Operator {
  readonly #url: string;
  readonly #token: string | undefined;

  constructor(url: string, token: string | undefined) {
    this.#url = url;
    this.#token = token;
  }

  async newOrganization(): Promise<string> {
    const organization = `contract-${randomUUID().slice(0, 18)}`;
    await this.#post('/admin/orgs', { organization_id: organization, name: 'Contract tests' });
    return organization;
  }

  /** Says what the provider of sessions calls an organization. */
  async nameAtProvider(organization: string, external_id: string): Promise<void> {
    await this.#send('PATCH', `/admin/orgs/${organization}`, { external_id }, 200);
  }

  async newClient(organization: string, permissions: string[]): Promise<Client> {
    const path = `/admin/orgs/${organization}/keys`;
    const { api_key } = await this.#post(path, { name: 'Contract tests', permissions });
    return new Client(this.#url, api_key);
  }

  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever came back
  #post(path: string, body: unknown): Promise<any> {
    return this.#send('POST', path, body, 201);
  }

  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever came back
  async #send(method: string, path: string, body: unknown, status: number): Promise<any> {
    if (this.#token === undefined) throw new Error('this test needs HEADWAY_ADMIN_TOKEN beside HEADWAY_URL');
    const headers = { Authorization: `Bearer ${this.#token}`, 'Content-Type': 'application/json' };
    const answer = await send(this.#url + path, method, headers, JSON.stringify(body));
    if (answer.status !== status) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.json)}`);
    return answer.json;
  }
}
