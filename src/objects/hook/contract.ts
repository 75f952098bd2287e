import type { Maker } from '../../domain/access/api-key';
import type { AuditTrace } from '../../domain/audit/audit-record';
import type { Adjustment } from '../../domain/base/adjustment';
import type { FieldError, Rejection } from '../../domain/base/rejection';
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
  /** Under which origin it was made: `https://host[:port]`. Absent or null in one that an older version made. */
  served_at?: string | null;
  /** Absent in one that an older version made. */
  created_by?: Maker | null;
  /** How often it was given another URL; absent or null where it never was. */
  url_turn?: number | null;
  /** Until when the URL before is served too. */
  older_url_until?: number | null;
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
  /** Its `Content-Type`, cut; absent in what an older version kept. */
  content_type?: string | null;
  /** Of an array of which each item is mapped: how many came to which verdict. */
  items?: Partial<Record<Arrival['verdict'], number>>;
  /** What of the mapped body is kept otherwise than it came, and what was not taken; absent where there is nothing. */
  adjusted?: Adjustment[];
  ignored?: FieldError[];
}

/** An arrival with its place in the order of all: later ones of one millisecond have a higher one. */
export type PlacedArrival = Arrival & { place: number };

/** What became of the deliveries that a hook still knows of. */
export interface Arrivals {
  /** The newest 100 that were proven their sender's and the newest 100 that were not, newest first. */
  arrivals: PlacedArrival[];
  /** How many came to which verdict, ever since they are counted. */
  counts: Record<Arrival['verdict'], number>;
}

/** One inbound hook and its last arrivals. */
export interface HookObject {
  create(organization: string, hook: Hook): Promise<void>;
  /** The hook, with its secret as it was sealed; null where there is none. */
  get(organization: string): Promise<Hook | null>;
  /**
   * The hook as `change` leaves it, from the next delivery on; null where there is none. A change that would leave parts
   * that don't fit each other is refused where the caller says that it takes a refusal.
   */
  update(
    organization: string,
    change: HookChange,
    refusable?: boolean,
    trace?: AuditTrace,
  ): Promise<Hook | Rejection | null>;
  /** Gives the hook another URL; the one before is served for `grace` ms more. Null where there is no hook. */
  rotateUrl(organization: string, grace: number, trace: AuditTrace): Promise<Hook | null>;
  /** Removes the hook with all it holds; false where there is none. */
  remove(organization: string): Promise<boolean>;
  /** Keeps what became of a delivery, where the hook is still there. One that was not proven pushes out no other. */
  record(organization: string, arrival: Arrival, proven: boolean): Promise<void>;
  /** What is kept of the last deliveries; null where there is no such hook. */
  arrivals(organization: string): Promise<Arrivals | null>;
  /**
   * For each digest the time (ms) at which it came first, where that is less than `within` (ms) before `now`; else `now`,
   * which is kept. The newest 10,000 are. Null where there is no such hook.
   */
  firstSeen(organization: string, digests: string[], now: number, within: number): Promise<number[] | null>;
}
