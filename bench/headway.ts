/** The service as a contestant, started as it is hosted: `workerd serve` with its objects on disk. */
import { randomBytes } from 'node:crypto';
import { startService } from '../dev/service.ts';
import type { Contestant } from './contestant.ts';
import { JOB_MEASURES } from './measures.ts';
import { UNLIMITED } from './unlimited.ts';

export interface Headway extends Contestant {
  pid: number;
  organization: string;
  /** From starting the process to its first answer, which touches no object (ms). */
  firstAnswerMs: number;
}

export interface HeadwayOptions {
  dataDir: string;
  bundleDir: string;
  /** Variables beyond the secrets. */
  variables?: Record<string, string>;
}

const ORGANIZATION = 'bench';

/** Starts the service with one organization and a key of it. */
export async function startHeadway({ dataDir, bundleDir, variables }: HeadwayOptions): Promise<Headway> {
  const ROOT_SECRET = randomBytes(32).toString('hex');
  const ADMIN_TOKEN = randomBytes(32).toString('hex');
  const began = performance.now();
  const service = await startService({
    ...{ dataDir, bundleDir },
    bindings: { ...UNLIMITED, ...variables, ROOT_SECRET, ADMIN_TOKEN },
  });
  const firstAnswerMs = performance.now() - began;
  try {
    const key = await makeKey(service.url, ADMIN_TOKEN);
    return {
      ...{ name: 'Headway', kind: 'service' },
      target: { url: service.url, headers: { Authorization: `Bearer ${key}` } },
      measures: JOB_MEASURES,
      pids: [service.pid],
      stop: () => service.stop(),
      ...{ pid: service.pid, organization: ORGANIZATION, firstAnswerMs },
    };
  } catch (error) {
    await service.kill();
    throw error;
  }
}

async function makeKey(url: string, adminToken: string): Promise<string> {
  const post = async (path: string, body: unknown): Promise<string> => {
    const response = await fetch(url + path, {
      method: 'POST',
      headers: { Authorization: `Bearer ${adminToken}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    if (response.status !== 201) throw new Error(`POST ${path}: ${response.status} ${text}`);
    return text;
  };
  await post('/admin/orgs', { organization_id: ORGANIZATION, name: 'Bench' });
  const permissions = ['job:create', 'job:read', 'job:cancel', 'webhook:manage'];
  const made = await post(`/admin/orgs/${ORGANIZATION}/keys`, { name: 'bench', permissions });
  return (JSON.parse(made) as { api_key: string }).api_key;
}
