/**
 * The service the published clients are run against: one started here with an organization of its own, or the
 * one at HEADWAY_URL (with HEADWAY_API_KEY, and HEADWAY_ADMIN_TOKEN for the tests that need a second key).
 */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { bundleFor, startService } from '../../dev/service.ts';
import { Client, issued } from './client.ts';
import { leaksIn } from './issued.ts';
import { Operator } from './operator.ts';

const ALL = ['job:create', 'job:read', 'job:cancel'];
/** Pollers run for seconds between two requests, and idle connections are closed after five: each request has its own. */
const ALWAYS = { Connection: 'close' };

const { client, operator } = await (process.env.HEADWAY_URL === undefined ? start() : find());

/** A key that may do all that the contracts name. */
export { client };

/** Another key of the same organization. */
export function clientWith(permissions: string[]): Promise<Client> {
  return operator.newClient(client.organization, permissions);
}

/** A key of another organization that may do as much. */
export async function stranger(): Promise<Client> {
  return operator.newClient(await operator.newOrganization(), ALL);
}

interface Live {
  client: Client;
  operator: Operator;
}

function find(): Live {
  const { HEADWAY_URL = '', HEADWAY_API_KEY, HEADWAY_ADMIN_TOKEN } = process.env;
  if (HEADWAY_API_KEY === undefined) throw new Error('HEADWAY_URL is set: HEADWAY_API_KEY is needed too');
  const url = HEADWAY_URL.replace(/\/$/, '');
  return {
    client: new Client(url, HEADWAY_API_KEY, ALWAYS),
    operator: new Operator(url, HEADWAY_ADMIN_TOKEN),
  };
}

async function start(): Promise<Live> {
  const folder = mkdtempSync(join(tmpdir(), 'headway-contract-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const adminToken = randomBytes(32).toString('hex');
  const bundleDir = await bundleFor(join(folder, 'bundle'));
  const bindings = { ROOT_SECRET: randomBytes(32).toString('hex'), ADMIN_TOKEN: adminToken, LOG_SAMPLE: '1' };
  const output = openSync(join(folder, 'service.log'), 'a');
  const service = await startService({ dataDir: join(folder, 'data'), bindings, bundleDir, output });
  after(async () => {
    await service.stop();
    // Whatever the tests were given, nothing of it was stored or logged.
    assert.deepEqual(await leaksIn(folder, [...issued, bindings.ROOT_SECRET, adminToken]), []);
  });
  const operator = new Operator(service.url, adminToken);
  const { url, apiKey } = await operator.newClient(await operator.newOrganization(), ALL);
  return { client: new Client(url, apiKey, ALWAYS), operator };
}
