import { canonicalJson, type JsonObject } from '../../domain/base/json';
import { isPointer } from '../../domain/base/json-pointer';
import { type Rejection, reject } from '../../domain/base/rejection';
import { ok, type Result } from '../../domain/base/result';
import { BY_NATURE, type Once } from '../../domain/hook/once';
import { type ArrivalContent, isPlace, valueAt } from '../../domain/hook/source';
import { hookObject } from '../../objects/address';
import { askObject } from '../ask-object';
import { sha256 } from '../ids/secrets';
import type { RequestKey } from '../jobs/request-key';
import type { OpenHook, Verified } from './arrivals';

/** One item of a delivery, or the whole of it: `place` is null then. */
export interface KeyedItem {
  sent: ArrivalContent;
  place: number | null;
  mapped: { key: string | null; body: JsonObject };
}

/** What makes an item the same as one before; null where nothing does. A refusal where the payload lacks what should. */
export type DeliveryKey = RequestKey | Rejection | null;

/**
 * What makes the items of a delivery the same as those of another: the mapped key; else what the hook says; else the
 * signed id or the digest of what was signed; with the mapped body as what a repeat is compared by. A mapped key is a key
 * as over HTTP; the others begin with `hook` and NUL, which no header can hold, so that they are the hook's own. Items of
 * one identity are told apart by their place, those of one that they hold themselves by how many come before.
 */
export async function deliveryKeys(
  hook: OpenHook,
  verified: Verified,
  bodyDigest: () => Promise<string>,
  items: readonly KeyedItem[],
  now: number,
): Promise<Result<DeliveryKey[]>> {
  const once = onceOf(hook);
  const own = await Promise.all(
    items.map(async (item) =>
      item.mapped.key === null ? identityOf(once, item, verified, bodyDigest) : item.mapped.key,
    ),
  );
  const first = once?.within === undefined ? ok(null) : await firstSeen(hook, once.within, items, own, now);
  if (!first.ok) return first;
  const nths = nthsOf(own);
  const keys = items.map(({ mapped, place }, index): DeliveryKey => {
    const json = mapped.body;
    const raw = new TextEncoder().encode(canonicalJson(json));
    if (mapped.key !== null) return { key: mapped.key, raw, json };
    const identity = own[index] ?? null;
    if (identity === null || typeof identity !== 'string') return identity;
    const at = first.value?.get(identity);
    const parts = ['hook', hook.ref.hook_id, identity, ...(at === undefined ? [] : [`first\0${at}`])];
    // Told by what it holds itself, an item is the same wherever it stands.
    const nth = once !== null && isPointer(once.by) ? nths[index] : place;
    return { key: [...parts, ...(place === null ? [] : [`item\0${nth}`])].join('\0'), raw, json };
  });
  return ok(keys);
}

/** Of each, how many before it are the same. */
function nthsOf(identities: readonly unknown[]): number[] {
  const met = new Map<unknown, number>();
  return identities.map((identity) => {
    const nth = met.get(identity) ?? 0;
    met.set(identity, nth + 1);
    return nth;
  });
}

/** What the hook says of repeats, or what follows from how its deliveries are proven; null for the signed id or digest. */
export function onceOf({ mapping, customs }: Pick<OpenHook, 'mapping' | 'customs'>): Once | null {
  if (mapping.once !== undefined) return mapping.once;
  if (mapping.answer === 'line') return { by: 'nothing' };
  return customs.proof.by === 'signature' ? null : BY_NATURE;
}

async function identityOf(
  once: Once | null,
  { sent }: KeyedItem,
  verified: Verified,
  bodyDigest: () => Promise<string>,
): Promise<string | Rejection | null> {
  if (once === null) return verified.id === null ? `digest\0${verified.digest}` : `id\0${verified.id}`;
  if (once.by === 'nothing') return null;
  if (once.by === 'body') return `body\0${await bodyDigest()}`;
  if (once.by === 'id' && verified.id !== null) return `id\0${verified.id}`;
  const value = once.by === 'id' ? undefined : valueAt(once.by, sent);
  if (value !== undefined) return `at\0${once.by}\0${await sha256(canonicalJson(value))}`;
  return nothingAt(once.by === 'id' ? 'a signed id' : JSON.stringify(once.by));
}

/** Why a delivery can't be told from others; null where it can, or where only what is signed will say. */
export function faultOfOnce({ by }: Once, sent: ArrivalContent): Rejection | null {
  return isPlace(by) && valueAt(by, sent) === undefined ? nothingAt(JSON.stringify(by)) : null;
}

function nothingAt(what: string): Rejection {
  const message = `is by ${what}, where the delivery has nothing`;
  return reject('validation_failed', `once ${message}.`, [{ path: 'once', message }]);
}

/** When each identity came first (ms), as the hook's object remembers. */
async function firstSeen(
  { ref, caller }: OpenHook,
  within: number,
  items: readonly KeyedItem[],
  own: readonly (string | Rejection | null)[],
  now: number,
): Promise<Result<Map<string, number> | null>> {
  const asked = own.filter((one, index): one is string => {
    return typeof one === 'string' && items[index]?.mapped.key === null;
  });
  const identities = [...new Set(asked)];
  if (identities.length === 0) return ok(null);
  const digests = await Promise.all(identities.map((one) => sha256(one)));
  const { organization, core } = ref;
  const seen = await askObject(
    () => hookObject(caller.env, organization, core).firstSeen(organization, digests, now, within * 1_000),
    true,
  );
  if (!seen.ok) return seen;
  return ok(new Map(identities.map((one, index) => [one, seen.value?.[index] ?? now])));
}
