/** The service that is attacked: `workerd serve` on a folder of its own, with a heap as small as the platform's. */
import { randomBytes } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { type Service, startService } from '../../dev/service.ts';
import type { Target } from '../load.ts';
import { residentMiB } from '../memory.ts';
import { UNLIMITED } from '../unlimited.ts';

/** What the platform gives an isolate (MiB). */
const HEAP = 128;
const PERMISSIONS = ['job:create', 'job:read', 'job:cancel', 'webhook:manage'];

export class Besieged {
  readonly #service: Service;
  readonly #adminToken: string;
  readonly #logFile: string;
  readonly #log: number;
  #end: string | null = null;

  private constructor(service: Service, adminToken: string, logFile: string, log: number) {
    this.#service = service;
    this.#adminToken = adminToken;
    this.#logFile = logFile;
    this.#log = log;
    service.exited.then(({ code, signal }) => {
      this.#end = String(signal ?? code);
    });
  }

  /** Without `settings` none of the service's limits is met: what else holds is what is tried. */
  static async start(dataDir: string, bundleDir: string, settings = UNLIMITED): Promise<Besieged> {
    const adminToken = randomBytes(32).toString('hex');
    const logFile = `${dataDir}.log`;
    const log = openSync(logFile, 'a');
    const service = await startService({
      ...{ dataDir, bundleDir, output: log },
      bindings: { ...settings, ROOT_SECRET: randomBytes(32).toString('hex'), ADMIN_TOKEN: adminToken },
      v8Flags: [`--max-heap-size=${HEAP}`],
    });
    return new Besieged(service, adminToken, logFile, log);
  }

  /** Makes an organization and answers a key of it. */
  async enroll(organization: string): Promise<Target> {
    await this.#operate('/admin/orgs', { organization_id: organization, name: organization });
    const made = await this.#operate(`/admin/orgs/${organization}/keys`, {
      ...{ name: 'siege', permissions: PERMISSIONS },
    });
    const { api_key } = JSON.parse(made) as { api_key: string };
    return { url: this.#service.url, headers: { Authorization: `Bearer ${api_key}` } };
  }

  get pid(): number {
    return this.#service.pid;
  }

  /** What ended the process; null while it lives. */
  get end(): string | null {
    return this.#end;
  }

  /** Resident memory (MiB); 0 where the process has ended or the system does not tell. */
  get resident(): number {
    return residentMiB(this.#service.pid) ?? 0;
  }

  /** Bugs that the service itself has noted, the first few. */
  async errors(): Promise<string[]> {
    const lines = (await readFile(this.#logFile, 'utf8')).split('\n');
    return [...new Set(lines.filter((line) => line.includes('"level":"error"')))].slice(0, 3);
  }

  async leave(): Promise<void> {
    await this.#service.kill();
    closeSync(this.#log);
  }

  async #operate(path: string, body: object): Promise<string> {
    const response = await fetch(this.#service.url + path, {
      method: 'POST',
      headers: { Authorization: `Bearer ${this.#adminToken}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    if (response.status !== 201) throw new Error(`POST ${path}: ${response.status} ${text}`);
    return text;
  }
}
