import type { FieldError } from '../../domain/base/rejection';
import type { Mapping } from '../../domain/hook/hook-mapping';
import type { Verification } from '../../domain/hook/verification';

/** What a hook's object is asked and answers, over RPC. Each call names the organization it is for. */

/** An inbound hook. Times in ms since 1970. */
export interface Hook {
  hook_id: string;
  name: string;
  /** The organization's salt, which never changes: ids made from an idempotency key hang on it. */
  salt: string;
  verification: Verification;
  /** The secret as it was sealed; null where the URL alone is the proof. */
  sealed_secret: string | null;
  mapping: Mapping;
  created_at: number;
  updated_at: number;
}

/** What a change of a hook brings; null leaves a thing as it is. */
export interface HookChange {
  verification: Pick<Hook, 'verification' | 'sealed_secret'> | null;
  mapping: Mapping | null;
}

/** What became of a delivery. It holds nothing of the payload and none of its headers but a signed id. */
export interface Arrival {
  at: number;
  /** `handshake`: its sender asked whether it may send, and was answered. */
  verdict: 'applied' | 'replayed' | 'skipped' | 'ignored' | 'handshake' | 'refused';
  /** The HTTP status of the answer. */
  status: number;
  /** Why it was refused or skipped. */
  code: string | null;
  detail: string | null;
  errors: FieldError[];
  job_id: string | null;
  delivery_id: string | null;
}

/** One inbound hook and its last arrivals. */
export interface HookObject {
  create(organization: string, hook: Hook): Promise<void>;
  /** The hook, with its secret as it was sealed; null where there is none. */
  get(organization: string): Promise<Hook | null>;
  /** The hook as `change` leaves it, from the next delivery on; null where there is none. */
  update(organization: string, change: HookChange): Promise<Hook | null>;
  /** Removes the hook with all it holds; false where there is none. */
  remove(organization: string): Promise<boolean>;
  /** Keeps what became of a delivery, where the hook is still there. */
  record(organization: string, arrival: Arrival): Promise<void>;
  /** The last arrivals, newest first; null where there is no such hook. */
  arrivals(organization: string): Promise<Arrival[] | null>;
}
