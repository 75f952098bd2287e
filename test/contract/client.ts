/** An HTTP client of the live service: one key of one organization. */
import { issuedIn } from './issued.ts';

/** Every secret that an answer has shown as it was made. */
export const issued = new Set<string>();

export interface Answer {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever came back
  json: any;
}

/** Sends one request with exactly these headers and this text. */
export async function send(
  url: string,
  method: string,
  headers: Record<string, string>,
  text?: string,
): Promise<Answer> {
  const response = await fetch(url, { method, headers, ...(text === undefined ? {} : { body: text }) });
  const answered = await response.text();
  const shown = issuedIn(answered);
  if (method === 'GET' && shown.length > 0) throw new Error(`GET ${url} shows a secret`);
  for (const secret of shown) issued.add(secret);
  try {
    return { status: response.status, headers: response.headers, json: JSON.parse(answered) };
  } catch {
    throw new Error(`${method} ${url} answered ${response.status} and no JSON: ${answered}`);
  }
}

export class Client {
  readonly url: string;
  readonly apiKey: string;
  /** Headers of every request. */
  readonly #always: Record<string, string>;

  constructor(url: string, apiKey: string, always: Record<string, string> = {}) {
    this.url = url;
    this.apiKey = apiKey;
    this.#always = always;
  }

  /** The organization's id, which the key carries as its second part. */
  get organization(): string {
    return this.apiKey.split('_')[1] ?? '';
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return send(this.url + path, 'GET', {
      ...this.#always,
      Authorization: `Bearer ${this.apiKey}`,
      ...headers,
    });
  }

  post(path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const authorization = { ...this.#always, Authorization: `Bearer ${this.apiKey}` };
    if (body === undefined) return send(this.url + path, 'POST', { ...authorization, ...headers });
    const json = { 'Content-Type': 'application/json' };
    return send(this.url + path, 'POST', { ...authorization, ...json, ...headers }, JSON.stringify(body));
  }

  /** Creates a job over contract a and answers its id. */
  async createJob(fields: Record<string, unknown> = {}): Promise<string> {
    const answer = await this.post('/api/jobs/', { job_type: 'import', total_items: 10, ...fields });
    if (answer.status !== 201) throw new Error(`create: ${answer.status} ${JSON.stringify(answer.json)}`);
    return answer.json.job_id;
  }

  /** Reports over contract a and answers the job; a refusal throws. */
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever came back
  async report(jobId: string, report: Record<string, unknown>): Promise<any> {
    const answer = await this.post(`/api/jobs/${jobId}/progress`, report);
    if (answer.status !== 200) throw new Error(`report: ${answer.status} ${JSON.stringify(answer.json)}`);
    return answer.json;
  }

  /** The job as contract a shows it. */
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever came back
  async job(jobId: string): Promise<any> {
    const answer = await this.get(`/api/jobs/${jobId}`);
    if (answer.status !== 200) throw new Error(`get: ${answer.status} ${JSON.stringify(answer.json)}`);
    return answer.json;
  }
}
