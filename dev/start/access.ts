/** `.headway/dev.json`: how the tools of this machine, and a person with curl, reach the started service. */
import { chmod, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Complaint } from '../command-line.ts';
import { STATE } from '../home.ts';

export interface Access {
  url: string;
  organization_id: string;
  api_key: string;
  admin_token: string;
}

export const ACCESS_FILE = join(STATE, 'dev.json');

const ORGANIZATION = 'demo';

const PERMISSIONS = [
  'job:create',
  'job:read',
  'job:cancel',
  'webhook:manage',
  'key:manage',
  'audit:read',
  'metrics:read',
];

/** What `.headway/dev.json` holds; null where there is none. */
export async function readAccess(): Promise<Access | null> {
  try {
    return JSON.parse(await readFile(ACCESS_FILE, 'utf8')) as Access;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new Complaint(`${ACCESS_FILE} can't be read (${error}); \`npm start -- --reset\` begins anew.`);
  }
}

/** Makes sure that the organization `demo` and a working key exist, and writes down how to use them. */
export async function grantAccess(url: string, adminToken: string): Promise<Access> {
  const known = await readAccess();
  const apiKey =
    known && (await keyWorks(url, known.api_key)) ? known.api_key : await makeKey(url, adminToken);
  const access = { url, organization_id: ORGANIZATION, api_key: apiKey, admin_token: adminToken };
  // Renamed into place, so that nobody reads half of it; made anew, so that its mode is ours.
  const draft = `${ACCESS_FILE}.new`;
  await writeFile(draft, `${JSON.stringify(access, null, 2)}\n`, { mode: 0o600 });
  await chmod(draft, 0o600);
  await rename(draft, ACCESS_FILE);
  return access;
}

/** A link that signs a browser in once, within ten minutes. */
export async function signInLink({ url, api_key }: Access): Promise<string> {
  const made = await post(url, api_key, '/api/session/codes', {}, [201]);
  return (JSON.parse(made) as { url: string }).url;
}

async function keyWorks(url: string, apiKey: string): Promise<boolean> {
  const response = await fetch(`${url}/api/jobs/?limit=1`, {
    headers: { Authorization: `Bearer ${apiKey}` },
  });
  const text = await response.text();
  if (response.ok) return true;
  if (response.status === 401 || response.status === 403) return false;
  throw new Error(`GET /api/jobs/: ${response.status} ${text}`);
}

async function makeKey(url: string, adminToken: string): Promise<string> {
  const organization = { organization_id: ORGANIZATION, name: 'Demo' };
  await post(url, adminToken, '/admin/orgs', organization, [201, 409]);
  const key = { name: 'npm start', permissions: PERMISSIONS };
  const made = await post(url, adminToken, `/admin/orgs/${ORGANIZATION}/keys`, key, [201]);
  return (JSON.parse(made) as { api_key: string }).api_key;
}

async function post(
  url: string,
  credential: string,
  path: string,
  body: unknown,
  expected: readonly number[],
): Promise<string> {
  const response = await fetch(url + path, {
    method: 'POST',
    headers: { Authorization: `Bearer ${credential}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!expected.includes(response.status)) throw new Error(`POST ${path}: ${response.status} ${text}`);
  return text;
}
