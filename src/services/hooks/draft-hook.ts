import type { CreateHook } from '../../domain/hook/hook';
import { type Mapping, toMapping } from '../../domain/hook/hook-mapping';
import type { Proof, SenderPreset } from '../../domain/hook/presets';
import { customsOf, toVerification } from '../../domain/hook/verification';
import type { Caller } from '../access/caller';
import { type InboundDelivery, type SignatureFault, type Verified, verifyDelivery } from './verify-arrival';

/** A hook that is not made, as a delivery would find it. */
export interface DraftHook {
  caller: Caller;
  mapping: Mapping;
  customs: SenderPreset;
  /** Null where a URL is the proof or is signed: it has none yet. */
  verify: (delivery: InboundDelivery, now: number) => Promise<Verified | SignatureFault | null>;
}

/** The hook that would be made of `given`. */
export function draftHook(caller: Caller, given: CreateHook): DraftHook {
  const verification = toVerification(given.verification);
  const secret = given.verification.secret ?? null;
  const customs = customsOf(verification);
  return {
    caller,
    mapping: toMapping(given.mapping),
    customs,
    verify: async (delivery, now) =>
      needsUrl(customs.proof) ? null : verifyDelivery(verification, secret, delivery, now),
  };
}

function needsUrl(proof: Proof): boolean {
  return proof.by === 'url' || (proof.by === 'signature' && /\{(?:decoded_)?url\}/.test(proof.signed));
}
