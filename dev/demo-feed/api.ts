/** What the demo asks of the service beside jobs: an organization, a hook, endpoints. */
export class Api {
  readonly url: string;
  readonly key: string;

  private constructor(url: string, key: string) {
    this.url = url;
    this.key = key;
  }

  /** An organization of its own, with a key that may do all the demo does. */
  static async make(url: string, adminToken: string): Promise<Api> {
    await post(url, '/admin/orgs', adminToken, { organization_id: 'demo', name: 'Demo' });
    const permissions = ['job:create', 'job:read', 'webhook:manage'];
    const made = await post(url, '/admin/orgs/demo/keys', adminToken, { name: 'demo', permissions });
    return new Api(url, made.api_key ?? '');
  }

  /** A hook for pushes to a catalogue, signed as GitHub does; its URL. */
  async createHook(name: string, secret: string): Promise<string> {
    const from = { triggered_by: '/pusher/name', 'metadata.repository': '/repository/full_name' };
    const mapping = { action: 'create', from, set: { job_type: 'import', total_items: 0 } };
    const verification = { scheme: 'github', secret };
    return (await post(this.url, '/api/hooks', this.key, { name, verification, mapping })).url ?? '';
  }

  /** An endpoint for these events; its secret. */
  async createWebhook(url: string, event_types: string[]): Promise<string> {
    return (await post(this.url, '/api/webhooks', this.key, { url, event_types })).secret ?? '';
  }
}

async function post(url: string, path: string, token: string, body: object): Promise<Record<string, string>> {
  const response = await fetch(url + path, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (response.status !== 201) throw new Error(`POST ${path}: ${response.status} ${text}`);
  return JSON.parse(text) as Record<string, string>;
}
