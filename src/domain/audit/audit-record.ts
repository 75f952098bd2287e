import type { Json } from '../base/json';
import type { RejectionCode } from '../base/rejection';
import { DAY } from '../base/time';

/** Who is behind an act, as a record names them. The operator and the service itself have one id each. */
export interface AuditActor {
  type: 'key' | 'member' | 'hook' | 'operator' | 'service';
  id: string;
  /** As the actor was called then; null where nobody knows. */
  name: string | null;
}

/** Who does what a request asks for, and where from. The router makes it once a request, where an act may be recorded. */
export interface AuditTrace {
  actor: AuditActor;
  request_id: string | null;
  /** The network that the request came from: a /24 or a /48. Null where that can't be told. */
  address: string | null;
  user_agent: string | null;
}

/** What is recorded. `audit.read` is where it is refused; `refusals.counted` stands for those beyond an hour's first. */
export const AUDIT_ACTIONS = [
  'organization.create',
  'organization.change',
  'organization.suspend',
  'organization.resume',
  'key.create',
  'key.change',
  'key.rotate',
  'key.revoke',
  'session.create',
  'session.end',
  'webhook.create',
  'webhook.change',
  'webhook.rotate',
  'webhook.delete',
  'webhook.disable',
  'hook.create',
  'hook.change',
  'hook.rotate',
  'hook.delete',
  'token.create',
  'token.revoke',
  'job.cancel',
  'job.rerun',
  'job.delete',
  'job.bulk_cancel',
  'job.bulk_rerun',
  'job.bulk_delete',
  'audit.read',
  'refusals.counted',
] as const;
export type AuditAction = (typeof AUDIT_ACTIONS)[number];

/** What acts are about. A token for one job is named by that job, refusals that were counted by who was refused. */
export const TARGET_TYPES = [
  'organization',
  'key',
  'session',
  'webhook',
  'hook',
  'token',
  'job',
  'audit',
  'credential',
] as const;

export interface AuditTarget {
  type: (typeof TARGET_TYPES)[number];
  /** Null for what was never made. */
  id: string | null;
}

/** A field that an act changed. What may hold a secret or somebody’s text has no values. */
export interface AuditChange {
  field: string;
  from?: Json;
  to?: Json;
}

/** An act as it is recorded. It holds no secret and nothing of a payload. */
export interface AuditRecord extends AuditTrace {
  /** ms since 1970. */
  at: number;
  action: AuditAction;
  target: AuditTarget;
  outcome: 'done' | 'refused';
  /** Why it was refused. */
  code?: RejectionCode;
  changes?: AuditChange[];
  /** How many acts it stands for, where it counts some. */
  count?: number;
}

/** A record with its place: `n` counts those of its store from 1, without holes. */
export interface PlacedRecord extends AuditRecord {
  n: number;
}

/** How long a record is shown (ms). */
export const AUDIT_LIFE = 90 * DAY;
/** Refused acts of a credential that are recorded in an hour; those beyond are counted. */
export const REFUSALS_AN_HOUR = 60;
/** The service itself, where it does what nobody asked for. */
export const SERVICE: AuditTrace = {
  actor: { type: 'service', id: 'headway', name: null },
  ...{ request_id: null, address: null, user_agent: null },
};
