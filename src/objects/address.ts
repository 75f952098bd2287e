import { isOrganizationId } from '../domain/access/organization';
import { SHARD_LIMIT } from '../domain/access/shards';
import type { Restatement } from '../domain/feed/drift';
import type { BulkObject } from './bulk/contract';
import type { DirectoryObject } from './directory/contract';
import type { HookObject } from './hook/contract';
import type { JobObject } from './job/contract';
import { type ReportAsk, reportUrl } from './job/report-contract';
import { type WatchAsk, watchUrl } from './job/watch-contract';
import { type FileShare, type OpenFiles, open, roomFor } from './kit/open-objects';
import type { LimitVariables } from './kit/standard-of';
import type { OrgObject } from './org/contract';
import type { OrgIndexObject } from './org-index/contract';
import type { WebhookObject } from './webhook/contract';

export { roomFor };

/** What is used of a namespace of objects. */
interface ObjectNamespace {
  getByName(name: string): ObjectStub;
}

interface ObjectStub {
  fetch(url: string, init?: RequestInit): Promise<Response>;
}

/** The namespaces of the objects, as bound in wrangler.toml, and what they are set to. */
export interface Namespaces extends OpenFiles, LimitVariables {
  JOB: ObjectNamespace;
  ORG_INDEX: ObjectNamespace;
  ORG: ObjectNamespace;
  DIRECTORY: ObjectNamespace;
  WEBHOOK: ObjectNamespace;
  HOOK: ObjectNamespace;
  BULK: ObjectNamespace;
  /** How often a job publishes its progress at most while somebody looks, in ms; 2,000 where it is not set. */
  PUBLISH_INTERVAL_MS?: string;
  /** The same where nobody looks; 540,000 where it is not set. */
  UNWATCHED_INTERVAL_MS?: string;
  /** For how many days the feed keeps an event at least; 30 where it is not set. */
  FEED_DAYS?: string;
  /** How many shards an organization's index has where it was not raised; 1 where it is not set. */
  INDEX_SHARDS?: string;
  /** Bytes of a shard's feed at most; 2,147,483,648 where it is not set. */
  FEED_BYTES?: string;
}

/** What the objects of each namespace may have of the files where these are scarce. */
const FILE_SHARES = {
  ...{ JOB: 'asleep', HOOK: 'asleep', BULK: 'asleep' },
  ...{ ORG: 'central', ORG_INDEX: 'central', WEBHOOK: 'central', DIRECTORY: 'central' },
} as const satisfies Record<string, FileShare>;
type NamespaceName = keyof typeof FILE_SHARES;

const CORE = /^[0-9a-f]{17}$/;
const WEBHOOK_ID = /^wh_[0-3][0-9a-f]{32}$/;
const HOOK_CORE = /^[0-9a-f]{16}$/;

/** The job object's name is organization and core alone: neither shards nor key rotation ever move a job. */
export function jobObject(env: Namespaces, organization: string, core: string): JobObject {
  return jobStub(env, organization, core) as unknown as JobObject;
}

/** The core that a job's id names its object by, of an id that was made here: bits 8 to 73 of a UUIDv8's 122 free ones. */
export function coreOf(jobId: string): string {
  const digits = jobId.replaceAll('-', '');
  const free = BigInt(`0x${digits.slice(2, 12)}${digits.slice(13, 16)}`);
  // The two bits of the variant stand between.
  const low = BigInt(`0x${digits.slice(16, 20)}`) & 0x3fffn;
  return ((free << 14n) | low).toString(16).padStart(17, '0');
}

/** The shard of the index that a job's id names: its first six bits. */
export function shardOf(jobId: string): number {
  return Number.parseInt(jobId.slice(0, 2), 16) >> 2;
}

/** Tells a job, by its id alone, that somebody looks at it. */
export async function lookAtJob(
  env: Namespaces,
  organization: string,
  jobId: string,
  interval: number,
): Promise<void> {
  await jobObject(env, organization, coreOf(jobId)).look(organization, interval);
}

/** Asks a job, by its id alone, what its index is to know of it: see `JobObject.restate`. */
export async function restateJob(
  env: Namespaces,
  organization: string,
  jobId: string,
  after: number | null,
): Promise<Restatement | null> {
  return jobObject(env, organization, coreOf(jobId)).restate(organization, after);
}

/** Asks a job's object for a watcher's socket: 101 with the socket, or the status of `JobDO.fetch` that says why not. */
export function watchJob(env: Namespaces, core: string, ask: WatchAsk): Promise<Response> {
  return askForSocket(env, ask.organization, core, watchUrl(ask));
}

/** The same for a reporter's. */
export function reportJob(env: Namespaces, core: string, ask: ReportAsk): Promise<Response> {
  return askForSocket(env, ask.organization, core, reportUrl(ask));
}

function askForSocket(env: Namespaces, organization: string, core: string, url: string): Promise<Response> {
  return jobStub(env, organization, core).fetch(url, { headers: { Upgrade: 'websocket' } });
}

function jobStub(env: Namespaces, organization: string, core: string): ObjectStub {
  if (!CORE.test(core)) throw new Error('not the core of a job id');
  return stub(env, 'JOB', `${checked(organization)}/${core}`);
}

export function indexObject(env: Namespaces, organization: string, shard: number): OrgIndexObject {
  return indexStub(env, organization, shard) as unknown as OrgIndexObject;
}

/** Asks a shard for the socket of one who waits for the feed: 101 with it, 503 where there is no room. */
export function watchFeed(env: Namespaces, organization: string, shard: number): Promise<Response> {
  return indexStub(env, organization, shard).fetch('https://index/feed', {
    headers: { Upgrade: 'websocket' },
  });
}

function indexStub(env: Namespaces, organization: string, shard: number): ObjectStub {
  if (!Number.isInteger(shard) || shard < 0 || shard >= SHARD_LIMIT) throw new Error('not a shard');
  return stub(env, 'ORG_INDEX', `${checked(organization)}/${shard}`);
}

export function orgObject(env: Namespaces, organization: string): OrgObject {
  return stub(env, 'ORG', checked(organization)) as unknown as OrgObject;
}

/** The object of an endpoint: one each, so that a slow one delays nobody. */
export function webhookObject(env: Namespaces, organization: string, webhookId: string): WebhookObject {
  if (!WEBHOOK_ID.test(webhookId)) throw new Error('not the id of a webhook');
  return stub(env, 'WEBHOOK', `${checked(organization)}/${webhookId}`) as unknown as WebhookObject;
}

/** The hook object's name is organization and random part of the id: key rotation never moves a hook. */
export function hookObject(env: Namespaces, organization: string, core: string): HookObject {
  if (!HOOK_CORE.test(core)) throw new Error('not the core of a hook id');
  return stub(env, 'HOOK', `${checked(organization)}/${core}`) as unknown as HookObject;
}

/** The core that a hook's id names its object by, of an id that was made here: the random bytes behind the generation's digit. */
export function hookCoreOf(hookId: string): string {
  return hookId.slice(1, 17);
}

/** The object of a bulk operation is named as that of the job which shows it. */
export function bulkObject(env: Namespaces, organization: string, core: string): BulkObject {
  if (!CORE.test(core)) throw new Error('not the core of a job id');
  return stub(env, 'BULK', `${checked(organization)}/${core}`) as unknown as BulkObject;
}

export function directoryObject(env: Namespaces): DirectoryObject {
  return stub(env, 'DIRECTORY', 'directory') as unknown as DirectoryObject;
}

/** Throws where the object sleeps and its files are not to be had: see `NoRoomError`. */
function stub(env: Namespaces, namespace: NamespaceName, name: string): ObjectStub {
  open(env, namespace, name, FILE_SHARES[namespace]);
  return env[namespace].getByName(name);
}

/** The organization an object belongs to, read off its own name. */
export function organizationOf(name: string | undefined): string {
  return checked((name ?? '').split('/', 1)[0] ?? '');
}

/** What an object's own name has behind its organization: its number, or the id or core that it is addressed by. */
export function partOf(name: string | undefined): string | undefined {
  return name?.split('/')[1];
}

function checked(organization: string): string {
  if (!isOrganizationId(organization)) throw new Error('not an organization id');
  return organization;
}
