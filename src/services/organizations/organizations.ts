import type { Config, Env } from '../../config';
import type { LimitChange, LimitOverrides } from '../../domain/access/limits';
import { refuseFewerShards, type ShardRaises, shardCount } from '../../domain/access/shards';
import type { Standing } from '../../domain/access/standing';
import type { AuditTrace } from '../../domain/audit/audit-record';
import type { Rejection } from '../../domain/base/rejection';
import { ok, type Result, refuse } from '../../domain/base/result';
import { directoryObject, orgObject } from '../../objects/address';
import type { Deletion, OrganizationEntry } from '../../objects/directory/contract';
import { askNewer, askObject } from '../ask-object';
import { sealCursor } from '../ids/cursor';
import { cursorScope, type Page, type PageAsk, toPage } from '../page';
import { refuseWithoutRoom } from '../room';

/** An organization as the operator's list shows it. Times in ms since 1970. */
export interface ListedOrganization {
  organization_id: string;
  name: string;
  created_at: number;
  external_id: string | null;
  status: Standing;
  suspended_at: number | null;
}

/** The same by itself. */
export interface Organization extends ListedOrganization {
  /** Where its limits are not the standard ones; `gone` once it is being deleted. */
  limits: LimitOverrides | 'gone' | null;
  /** How many shards its index has; null once it is being deleted. */
  shards: number | null;
  deletion: Deletion | null;
}

/** What the operator changes of an organization; what is absent stays. */
export interface OrganizationInput {
  name?: string | undefined;
  external_id?: string | null | undefined;
  limits?: LimitChange | undefined;
  /** As many as there are, or more. */
  shards?: number | undefined;
}

/** What the cursors of the list of organizations belong to. */
export const ORGANIZATIONS = 'organizations';

/** Makes an organization: its own object first, then the directory, so that a repeat finishes what was begun. */
export async function createOrganization(
  env: Env,
  id: string,
  name: string,
  trace: AuditTrace,
): Promise<Result<Organization>> {
  const full = refuseWithoutRoom(env);
  if (full !== null) return full;
  const known = await askNewer(() => directoryObject(env).find(id), true);
  if (!known.ok) return known;
  if (known.value.deletion !== null) return refuseGone(id);
  if (known.value.entry !== null) return refuseTaken(id);
  const salt = crypto.getRandomValues(new Uint8Array(32)).toHex();
  const profile = await askObject(() => orgObject(env, id).create(id, name, salt, trace), false);
  if (!profile.ok) return profile;
  const { created, ...kept } = profile.value;
  const entry = { organization_id: id, name: kept.name, created_at: kept.created_at };
  const entered = await askObject(() => directoryObject(env).enter(entry), true);
  if (!entered.ok) return entered;
  if (entered.value === false) return undone(env, id);
  return created
    ? ok({ ...listed(entry), limits: null, shards: countIn(env, null), deletion: null })
    : refuseTaken(id);
}

/** The organizations, in the order of their ids; those that are deleted are not among them. */
export async function listOrganizations(
  env: Env,
  config: Config,
  { position, limit }: Pick<PageAsk, 'position' | 'limit'>,
): Promise<Result<Page<ListedOrganization>>> {
  const after = position as string | null;
  const found = await askNewer(() => directoryObject(env).page(after, limit + 1), true);
  if (!found.ok) return found;
  const scope = cursorScope('', ORGANIZATIONS);
  const page = await toPage(found.value.map(listed), limit, ({ organization_id }) =>
    sealCursor(config, scope, organization_id),
  );
  return ok(page);
}

/** An organization, one that is deleted too: how far that is, and when it was. */
export async function getOrganization(env: Env, id: string): Promise<Result<Organization>> {
  const found = await askNewer(() => directoryObject(env).find(id), true);
  if (!found.ok) return found;
  const { entry, deletion } = found.value;
  if (deletion !== null) return ok(goneOrGoing(deletion));
  return entry === null ? noOrganization(id) : withProfile(env, entry);
}

/** Changes what `input` names: effective everywhere within 30 seconds. A repeat finishes what was begun. */
export async function changeOrganization(
  env: Env,
  id: string,
  { external_id, name, limits, shards }: OrganizationInput,
  trace: AuditTrace,
): Promise<Result<Organization>> {
  const fewer = shards === undefined ? null : await refuseFewer(env, id, shards);
  if (fewer !== null) return { ok: false, rejection: fewer };
  if (external_id !== undefined) {
    const given = await askNewer(() => directoryObject(env).setExternalId(id, external_id, trace), true);
    if (!given.ok) return given;
    if (given.value === null) return noOrganization(id);
    if (given.value === 'taken')
      return refuse('organization_exists', 'Another organization has this external_id already.');
  }
  const change = {
    ...(name === undefined ? {} : { name }),
    ...(limits === undefined ? {} : { limits }),
    ...(shards === undefined ? {} : { shards }),
  };
  const changed = await askNewer(() => orgObject(env, id).changeProfile(change, trace), true);
  if (!changed.ok) return changed;
  if (changed.value === null) return noOrganization(id);
  if ('code' in changed.value) return { ok: false, rejection: changed.value };
  if (name === undefined) return getOrganization(env, id);
  const entered = await askNewer(() => directoryObject(env).change(id, { name }), true);
  if (!entered.ok) return entered;
  return entered.value === null ? noOrganization(id) : withProfile(env, entered.value);
}

/** An entry with what the organization's own object knows beside it. */
export async function withProfile(env: Env, entry: OrganizationEntry): Promise<Result<Organization>> {
  const profile = await askNewer(() => orgObject(env, entry.organization_id).profile(), true);
  if (!profile.ok) return profile;
  if (profile.value === null) return noOrganization(entry.organization_id);
  const { name, suspended_at, limits, shards = null } = profile.value;
  const shown = listed({ ...entry, name, suspended_at });
  return ok({ ...shown, limits, shards: countIn(env, shards), deletion: null });
}

/** One that is being deleted, or was. */
export function goneOrGoing(deletion: Deletion): Organization {
  const { organization_id, name, created_at, finished_at } = deletion;
  const status = finished_at === null ? 'deleting' : 'deleted';
  const shown = { organization_id, name, created_at, external_id: null, suspended_at: null };
  return { ...shown, status, limits: 'gone', shards: null, deletion };
}

export function noOrganization(id: string) {
  return refuse('not_found', `There is no organization ${id}.`);
}

/** Before anything else is changed. Its own object has the last word. */
async function refuseFewer(env: Env, id: string, count: number): Promise<Rejection | null> {
  const profile = await askNewer(() => orgObject(env, id).profile(), true);
  if (!profile.ok) return profile.rejection;
  return refuseFewerShards(count, countIn(env, profile.value?.shards ?? null));
}

function countIn({ INDEX_SHARDS }: Env, shards: ShardRaises | null): number {
  return shardCount(shards, Number(INDEX_SHARDS ?? 1));
}

function listed(entry: OrganizationEntry): ListedOrganization {
  const { organization_id, name, created_at } = entry;
  const { external_id = null, suspended_at = null, deleting_at = null } = entry;
  const status = suspended_at === null ? 'active' : 'suspended';
  const shown = { organization_id, name, created_at, external_id, suspended_at };
  return { ...shown, status: deleting_at === null ? status : 'deleting' };
}

/** Somebody was quicker, and has deleted it again. */
async function undone(env: Env, id: string): Promise<Result<never>> {
  for (const work of [() => orgObject(env, id).close(), () => orgObject(env, id).erase()]) {
    const done = await askNewer(work, true);
    if (!done.ok) return done;
  }
  return refuseGone(id);
}

function refuseTaken(id: string) {
  return refuse('organization_exists', `The organization ${id} exists already.`);
}

function refuseGone(id: string) {
  const detail = `There was an organization ${id}, which was deleted: its name is given to no other.`;
  return refuse('organization_exists', detail);
}
