import type { AuditTrace } from '../../domain/audit/audit-record';
import type { Json } from '../../domain/base/json';
import type { Rejection } from '../../domain/base/rejection';
import { ok, type Result, refuse } from '../../domain/base/result';
import type { Mapping } from '../../domain/hook/hook-mapping';
import { toVerification, type VerificationInput } from '../../domain/hook/verification';
import { hookObject, orgObject } from '../../objects/address';
import type { Arrival, Arrivals, Hook, HookObject } from '../../objects/hook/contract';
import { SecretBox } from '../../objects/kit/secret-box';
import type { HookPlace } from '../../objects/org/contract';
import { type Caller, makerOf, type Seeker } from '../access/caller';
import { homeIn } from '../access/home';
import { askNewer, askObject } from '../ask-object';
import { sealCursor } from '../ids/cursor';
import { type HookRef, hookPath, mintHookRef, readHookId } from '../ids/hook-url';
import { sha256 } from '../ids/secrets';
import { cursorScope, type Page, type PageAsk, toPage } from '../page';
import { refuseWithoutRoom } from '../room';

export type { Arrival };

/** A hook as its organization sees it: all but the secret. */
export type HookView = Omit<Hook, 'salt' | 'sealed_secret' | 'url_turn'> & {
  /** The path of its URL. */
  path: string;
};

/** Makes a hook: its own object first, then the organization's list, so that what is listed is there. */
export async function createHook(
  caller: Caller,
  name: string,
  verification: VerificationInput,
  mapping: Mapping,
  served_at: string,
  trace: AuditTrace,
): Promise<Result<HookView>> {
  const { env, config, principal } = caller;
  const { organization, salt } = principal;
  const full = refuseWithoutRoom(env);
  if (full !== null) return full;
  const ref = await mintHookRef(config, organization);
  const now = Date.now();
  const hook: Hook = {
    hook_id: ref.hook_id,
    name,
    salt,
    mapping,
    created_at: now,
    updated_at: now,
    ...(await sealed(caller, ref, verification)),
    served_at,
    created_by: makerOf(principal),
  };
  const object = () => hookObject(env, organization, ref.core);
  const created = await askObject(() => object().create(organization, hook), false);
  if (!created.ok) return created;
  const listed = await askObject(
    () => orgObject(env, organization).addHook(ref.hook_id, makerOf(principal), trace, now),
    false,
  );
  if (listed.ok && listed.value === true) return ok(await toView(caller, ref, hook));
  const removed = await askObject(() => object().remove(organization), true);
  if (!removed.ok) return removed;
  if (!listed.ok) return listed;
  if (typeof listed.value === 'object') return { ok: false, rejection: listed.value };
  return refuse('quota_exceeded', 'There are as many hooks as there may be: delete one first.');
}

/** What the cursors of the list of hooks belong to. */
export const HOOKS = 'hooks';

/** A page of the organization's hooks, oldest first. */
export async function listHooks(
  caller: Caller,
  { position, limit }: Pick<PageAsk, 'position' | 'limit'>,
): Promise<Result<Page<HookView>>> {
  const { env, config, principal } = caller;
  const { organization } = principal;
  const after = position as HookPlace | null;
  const found = await askNewer(() => orgObject(env, organization).hookPage(after, limit + 1), true);
  if (!found.ok) return found;
  const hooks = await Promise.all(found.value.map(({ hook_id }) => getHook(caller, hook_id)));
  const broken = hooks.find((hook) => !hook.ok && hook.rejection.code !== 'not_found');
  if (broken?.ok === false) return broken;
  const scope = cursorScope(organization, HOOKS);
  const { items, next_cursor } = await toPage(hooks, limit, (_last, count) => {
    const { created_at, hook_id } = found.value[count - 1] as HookPlace;
    return sealCursor(config, scope, { created_at, hook_id });
  });
  return ok({ items: items.flatMap((hook) => (hook.ok ? [hook.value] : [])), next_cursor });
}

export async function getHook(caller: Caller, hookId: string): Promise<Result<HookView>> {
  return withHook(
    caller,
    hookId,
    (object, organization) => object.get(organization),
    (hook, ref) => toView(caller, ref, hook),
  );
}

/** Changes how a hook verifies or maps; what is null stays. Effective from the next delivery on. */
export async function updateHook(
  caller: Caller,
  hookId: string,
  given: { verification: VerificationInput | null; mapping: Mapping | null },
  trace: AuditTrace,
): Promise<Result<HookView>> {
  const { mapping } = given;
  const updated = await withHook(
    caller,
    hookId,
    async (object, organization, ref) => {
      const refused = await refuseUnserved(caller);
      if (refused !== null) return refused;
      const verification = given.verification && (await sealed(caller, ref, given.verification));
      return object.update(organization, { verification, mapping }, true, trace);
    },
    async (hook, ref) => ('code' in hook ? hook : toView(caller, ref, hook)),
  );
  if (!updated.ok) return updated;
  const { value } = updated;
  return 'code' in value ? { ok: false, rejection: value } : ok(value);
}

/** Gives a hook another URL. The one before is served for `grace` ms more, the one before that no more. */
export async function rotateHook(
  caller: Caller,
  hookId: string,
  grace: number,
  trace: AuditTrace,
): Promise<Result<HookView>> {
  const { env, config, principal } = caller;
  const { organization } = principal;
  const ref = await readHookId(config, organization, hookId);
  if (ref === null) return noSuchHook();
  const refused = await refuseUnserved(caller);
  if (refused !== null) return { ok: false, rejection: refused };
  const object = () => hookObject(env, organization, ref.core);
  const rotated = await askNewer(() => object().rotateUrl(organization, grace, trace), false);
  if (!rotated.ok) return rotated;
  return rotated.value === null ? noSuchHook() : ok(await toView(caller, ref, rotated.value));
}

/** Why nothing of a hook is changed: its own object does not know that the organization is suspended. */
async function refuseUnserved({ env, principal }: Caller): Promise<Rejection | null> {
  const home = await homeIn(env, principal.organization, Date.now(), 0);
  const served = home.ok && home.value === null ? noSuchHook() : home;
  return served.ok ? null : served.rejection;
}

/** Removes a hook: its URL is a 404 from now on. A repeat finishes what was begun. */
export async function deleteHook(caller: Seeker, hookId: string, trace: AuditTrace): Promise<Result<null>> {
  const { env, config, principal } = caller;
  const { organization } = principal;
  const ref = await readHookId(config, organization, hookId);
  if (ref === null) return noSuchHook();
  const removed = await askObject(() => hookObject(env, organization, ref.core).remove(organization), true);
  if (!removed.ok) return removed;
  const unlisted = await askObject(() => orgObject(env, organization).removeHook(hookId, trace), true);
  if (!unlisted.ok) return unlisted;
  return removed.value ? ok(null) : noSuchHook();
}

/**
 * What became of the last deliveries, newest first, from behind `position`: time and place of the last one seen, and how
 * many were behind it then. `dropped` of those newer deliveries have pushed out since.
 */
export async function listArrivals(
  caller: Caller,
  hookId: string,
  position: Json,
  limit: number,
): Promise<Result<Arrivals & { next_cursor: string | null; dropped: number }>> {
  const [time, place, left] = Array.isArray(position) ? position.map(Number) : [Infinity, Infinity];
  return withHook(
    caller,
    hookId,
    (object, organization) => object.arrivals(organization),
    async ({ arrivals, counts }) => {
      const rest = arrivals.filter(
        (one) => one.at < (time ?? 0) || (one.at === time && one.place < (place ?? 0)),
      );
      const page = rest.slice(0, limit);
      const more = rest.length - page.length;
      const last = more > 0 ? page.at(-1) : undefined;
      const scope = cursorScope(caller.principal.organization, `arrivals\0${hookId}`);
      const next = last === undefined ? null : [last.at, last.place, more];
      const next_cursor = next === null ? null : await sealCursor(caller.config, scope, next);
      // A cursor of an older version does not say how many there were.
      const dropped = Math.max((left ?? 0) - rest.length, 0);
      return { arrivals: page, counts, next_cursor, dropped };
    },
  );
}

/** The one answer for a hook that is unknown, foreign, forged or deleted, and for a delivery that is not its sender's. */
export function noSuchHook() {
  return refuse('not_found', 'There is no such hook.');
}

/** What a hook's secret is sealed for. */
export function sealContext({ organization, hook_id }: HookRef): string {
  return `hook\0${organization}\0${hook_id}`;
}

async function sealed({ config }: Caller, ref: HookRef, given: VerificationInput) {
  const secret = given.secret ?? null;
  const token = given.handshake?.verify_token ?? null;
  return {
    verification: toVerification(given, token === null ? null : await sha256(token)),
    sealed_secret: secret === null ? null : await new SecretBox(config).seal(secret, sealContext(ref)),
  };
}

/** Calls the object of a hook whose id was made for the caller's organization; any other id touches no object. */
async function withHook<Answer, Value>(
  { env, config, principal }: Caller,
  hookId: string,
  call: (object: HookObject, organization: string, ref: HookRef) => Promise<Answer | null>,
  then: (answer: Answer, ref: HookRef) => Promise<Value>,
): Promise<Result<Value>> {
  const { organization } = principal;
  const ref = await readHookId(config, organization, hookId);
  if (ref === null) return noSuchHook();
  const answer = await askObject(
    () => call(hookObject(env, organization, ref.core), organization, ref),
    true,
  );
  if (!answer.ok) return answer;
  return answer.value === null ? noSuchHook() : ok(await then(answer.value, ref));
}

async function toView({ config }: Caller, ref: HookRef, hook: Hook): Promise<HookView> {
  const { salt: _salt, sealed_secret: _sealed, url_turn, ...rest } = hook;
  return { ...rest, path: await hookPath(config, { ref, turn: url_turn ?? 0 }, hook.name) };
}
