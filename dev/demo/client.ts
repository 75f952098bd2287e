/** What a worker and a poller need of the service, over HTTP. */
import { Complaint } from '../command-line.ts';

/** The fields of a job that the demo looks at. */
export interface Job {
  job_id: string;
  status: string;
  total_items: number;
  processed_items: number;
  failed_items: number;
  warned_items: number;
  progress_percentage: number;
  errors_total: number;
  error_message: string | null;
  metadata: { stage?: string };
}

/** An error or a warning of a report. */
export interface Issue {
  entity_type: string;
  entity_key: string;
  error_type: string;
  message: string;
  details?: Record<string, unknown>;
}

/** A report, with the fields that the demo sends. */
export interface Report {
  mark_started?: boolean;
  mark_completed?: boolean;
  mark_failed?: string;
  stage?: string;
  message?: string;
  total_items?: number;
  processed_items?: number;
  failed_items?: number;
  warned_items?: number;
  result?: unknown;
  error?: Issue;
  warning?: Issue;
}

/** What a worker is told in the answer to a report. */
export interface Control {
  cancel: { reason: string | null } | null;
}

export class Client {
  readonly #url: string;
  readonly #apiKey: string;

  constructor(url: string, apiKey: string) {
    this.#url = url.replace(/\/+$/, '');
    this.#apiKey = apiKey;
  }

  createJob(fields: { job_type: string; total_items: number; metadata: object }): Promise<Job> {
    return this.#call('POST', '/api/jobs/', fields);
  }

  report(jobId: string, report: Report): Promise<Job & { control: Control }> {
    return this.#call('POST', `/api/jobs/${jobId}/progress`, report);
  }

  getJob(jobId: string): Promise<Job> {
    return this.#call('GET', `/api/jobs/${jobId}`);
  }

  async #call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(this.#url + path, {
      method,
      headers: { Authorization: `Bearer ${this.#apiKey}`, 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch((error: unknown) => {
      throw new Complaint(`${this.#url} can't be reached; is the service started?`, { cause: error });
    });
    const text = await response.text();
    if (!response.ok) throw new Complaint(`${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text) as T;
  }
}
