/** An HTTP client of the service under test, and the organizations and keys it calls with. It knows HTTP alone. */
import { env, exports } from 'cloudflare:workers';

export const ORIGIN = 'https://headway.test';

export const PERMISSIONS = [
  'job:create',
  'job:read',
  'job:cancel',
  'webhook:manage',
  'key:manage',
  'audit:read',
  'metrics:read',
] as const;

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  /** The body as JSON; null where it is none. */
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever came back
  json: any;
}

export interface Ask {
  /** Sent as JSON. */
  body?: unknown;
  /** Sent as it is; wins over `body`. */
  raw?: BodyInit;
  headers?: Record<string, string> | [string, string][];
}

/** Sends one request as the holder of `credential` (no `Authorization` header where it is null). */
export async function send(
  credential: string | null,
  method: string,
  path: string,
  ask: Ask = {},
): Promise<Answer> {
  const headers = new Headers(ask.headers);
  if (credential !== null && !headers.has('Authorization')) {
    headers.set('Authorization', `Bearer ${credential}`);
  }
  const body = ask.raw ?? (ask.body === undefined ? undefined : JSON.stringify(ask.body));
  if (ask.raw === undefined && body !== undefined && !headers.has('Content-Type')) {
    headers.set('Content-Type', 'application/json');
  }
  const request = new Request(ORIGIN + path, { method, headers, ...(body === undefined ? {} : { body }) });
  const response = await exports.default.fetch(request);
  const text = await textOf(response);
  return { status: response.status, headers: response.headers, text, json: parse(text) };
}

/** The body; of an event stream, which may never end, as much as has the first frame with data or an id alone; a socket is closed. */
async function textOf(response: Response): Promise<string> {
  const { headers, body, webSocket } = response;
  webSocket?.accept();
  webSocket?.close();
  if (headers.get('Content-Type') !== 'text/event-stream' || body === null) return response.text();
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  while (!/^(?:data|id):.*\n\n/m.test(text)) {
    const { done, value } = await reader.read();
    if (done) break;
    text += value;
  }
  await reader.cancel();
  return text;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** One key of one organization. */
export class Client {
  readonly organization: string;
  readonly key: string;
  readonly keyId: string;

  constructor(organization: string, key: string, keyId: string) {
    this.organization = organization;
    this.key = key;
    this.keyId = keyId;
  }

  send(method: string, path: string, ask: Ask = {}): Promise<Answer> {
    return send(this.key, method, path, ask);
  }

  get(path: string, ask: Ask = {}): Promise<Answer> {
    return this.send('GET', path, ask);
  }

  post(path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    return this.send('POST', path, { body, headers });
  }

  /** Creates a job and answers its id. */
  async createJob(fields: Record<string, unknown> = {}): Promise<string> {
    const answer = await this.post('/api/jobs/', { job_type: 'import', total_items: 10, ...fields });
    if (answer.status !== 201) throw new Error(`create: ${answer.status} ${answer.text}`);
    return answer.json.job_id;
  }

  report(
    jobId: string,
    report: Record<string, unknown>,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    return this.post(`/api/jobs/${jobId}/progress`, report, headers);
  }
}

/** Makes an organization of its own for a test. */
export async function makeOrganization(): Promise<string> {
  const organization = `t-${crypto.randomUUID().slice(0, 18)}`;
  const answer = await send(env.ADMIN_TOKEN, 'POST', '/admin/orgs', {
    body: { organization_id: organization, name: 'A test' },
  });
  if (answer.status !== 201) throw new Error(`organization: ${answer.status} ${answer.text}`);
  return organization;
}

/** Makes a key of `organization` with `permissions`. */
export async function makeKey(
  organization: string,
  permissions: readonly string[] = PERMISSIONS,
): Promise<Client> {
  const answer = await send(env.ADMIN_TOKEN, 'POST', `/admin/orgs/${organization}/keys`, {
    body: { name: 'A test', permissions },
  });
  if (answer.status !== 201) throw new Error(`key: ${answer.status} ${answer.text}`);
  return new Client(organization, answer.json.api_key, answer.json.key_id);
}

/** A new organization with one key that may do everything. */
export async function makeClient(): Promise<Client> {
  return makeKey(await makeOrganization());
}

/** A key that `by` makes. */
export async function newKey(by: Client, fields: Record<string, unknown>): Promise<Client> {
  const { status, text, json } = await by.post('/api/keys', { name: 'A test', ...fields });
  if (status !== 201) throw new Error(text);
  return new Client(by.organization, json.api_key, json.key_id);
}
