import type { Config, Env } from '../../config';
import type { Rejection } from '../../domain/base/rejection';
import { ok, type Result } from '../../domain/base/result';
import type { Mapping } from '../../domain/hook/hook-mapping';
import type { SenderPreset } from '../../domain/hook/presets';
import { servesUrl } from '../../domain/hook/url-turn';
import { customsOf } from '../../domain/hook/verification';
import { log } from '../../log';
import { hookObject } from '../../objects/address';
import type { Arrival, Hook } from '../../objects/hook/contract';
import { SecretBox } from '../../objects/kit/secret-box';
import { CREDENTIAL_LIFE, HOOK_PERMISSIONS } from '../access/authenticate';
import type { Caller } from '../access/caller';
import { homeIn, isShut } from '../access/home';
import { askObject } from '../ask-object';
import { type HookAddress, type HookRef, hookPath, readHookId } from '../ids/hook-url';
import { noSuchHook, sealContext } from './hooks';
import {
  type InboundDelivery,
  type SignatureFault,
  signChallenge,
  type Verified,
  verifyDelivery,
} from './verify-arrival';

export type { InboundDelivery, Verified };

/** A hook as a delivery finds it. */
export interface OpenHook {
  ref: HookRef;
  mapping: Mapping;
  /** How its deliveries are proven and answered. */
  customs: SenderPreset;
  /** The hook as a caller: it creates and reports in its organization, and does nothing else. */
  caller: Caller;
  /** A challenge signed by the hook's secret, as hex. */
  sign: (challenge: string) => Promise<string>;
}

/** The hook of a URL; null where there is none, or it is served there no more. */
export async function findHook(
  env: Env,
  config: Config,
  { ref, turn }: HookAddress,
  now: number,
): Promise<Result<FoundHook | null>> {
  const found = await hookOf(env, config, ref, now);
  return found.ok && found.value !== null && !found.value.servesUrl(turn) ? ok(null) : found;
}

async function hookOf(
  env: Env,
  config: Config,
  ref: HookRef,
  now: number,
): Promise<Result<FoundHook | null>> {
  const { organization, hook_id, core } = ref;
  const found = await askObject(() => hookObject(env, organization, core).get(organization), true);
  if (!found.ok) return found;
  if (found.value === null) return ok(null);
  const home = await homeIn(env, organization, now, CREDENTIAL_LIFE);
  const shut = home.ok ? null : home.rejection;
  if (shut !== null && !isShut(shut)) return { ok: false, rejection: shut };
  if (home.ok && home.value === null) return ok(null);
  const { limits = null, shards = null } = (home.ok ? home.value : null) ?? {};
  const hook: Hook = found.value;
  const { name, verification, sealed_secret, mapping, salt, served_at = null } = hook;
  const secret = sealed_secret && (await new SecretBox(config).open(sealed_secret, sealContext(ref)));
  const actor = { kind: 'hook' as const, id: hook_id };
  const permissions = HOOK_PERMISSIONS;
  const principal = { organization, actor, permissions, salt, limits, shards, since: now };
  // A delivery holds nothing open that would have to be renewed.
  const caller = { env, config, principal, renew: async () => true };
  return ok({
    hook: {
      ref,
      mapping,
      customs: customsOf(verification),
      caller,
      sign: (challenge) => signChallenge(verification, secret ?? '', challenge),
    },
    path: () => hookPath(config, { ref, turn: hook.url_turn ?? 0 }, name),
    servesUrl: (turn) => servesUrl(hook, turn, now),
    shut,
    servedAt: served_at,
    verify: (delivery, now) => verifyDelivery(verification, secret, delivery, now),
  });
}

/** A hook of the caller's organization by its id, as a delivery finds it. */
export async function openHook(
  { env, config, principal }: Caller,
  hookId: string,
): Promise<Result<FoundHook>> {
  const ref = await readHookId(config, principal.organization, hookId);
  if (ref === null) return noSuchHook();
  const found = await hookOf(env, config, ref, Date.now());
  if (!found.ok) return found;
  return found.value === null ? noSuchHook() : ok(found.value);
}

/** A hook, and whether a delivery at `now` (ms) is its sender's; else why not: the sender itself is never told. */
export interface FoundHook {
  hook: OpenHook;
  /** The path of its URL. */
  path: () => Promise<string>;
  /** Whether it is served at the URL of `turn`. */
  servesUrl: (turn: number) => boolean;
  /** What a delivery is refused with once it is proven: its organization is suspended. Null where it is served. */
  shut: Rejection | null;
  /** The origin it was made under; null where nobody knows. */
  servedAt: string | null;
  verify: (delivery: InboundDelivery, now: number) => Promise<Verified | SignatureFault>;
}

/** Keeps what became of a delivery. It has had its effect by then, so a record that fails is logged and no more. */
export async function recordArrival(
  env: Env,
  ref: HookRef,
  arrival: Arrival,
  proven: boolean,
): Promise<void> {
  const { organization, hook_id, core } = ref;
  try {
    await hookObject(env, organization, core).record(organization, arrival, proven);
  } catch (cause) {
    log('warn', 'arrival_not_recorded', { organization, hook_id, cause });
  }
}
