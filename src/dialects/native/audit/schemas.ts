import * as z from 'zod';
import { AUDIT_ACTIONS, type AuditRecord, TARGET_TYPES } from '../../../domain/audit/audit-record';
import { traceFields } from '../../../domain/audit/trace-fields';
import { type FoundRecord, recordId } from '../../../services/audit/read-audit';
import { toTime } from '../../times';

/** The shapes in which audit records are shown. */

const record = z
  .object({
    id: z.string().meta({
      description:
        'Where it is kept and its number there, which has no holes: org.17, 0.5. What is absent between two was never there, or is past its 90 days.',
    }),
    at: z.iso.datetime(),
    actor: z.object({
      type: z.enum(['key', 'member', 'hook', 'operator', 'service']),
      id: z.string(),
      name: z.string().nullable().meta({ description: 'As it was called then.' }),
    }),
    action: z.enum(AUDIT_ACTIONS),
    target: z.object({ type: z.enum(TARGET_TYPES), id: z.string().nullable() }),
    outcome: z.enum(['done', 'refused']),
    code: z.string().optional().meta({ description: 'Why it was refused.' }),
    changes: z
      .array(z.object({ field: z.string(), from: z.unknown().optional(), to: z.unknown().optional() }))
      .optional()
      .meta({ description: 'What may hold a secret, or somebody’s text, is named without its values.' }),
    count: z.int().optional().meta({ description: 'Of refusals.counted: how many there were.' }),
    ...traceFields,
  })
  .meta({ id: 'AuditRecord' });

export const auditList = z
  .object({ records: z.array(record), next_cursor: z.string().nullable() })
  .meta({ id: 'AuditList' });

export function toRecord(found: FoundRecord) {
  const { at, actor, action, target, outcome, code, changes, count } = found;
  const { request_id, address, user_agent } = found satisfies AuditRecord;
  return {
    id: recordId(found),
    at: toTime(at),
    actor,
    action,
    target,
    outcome,
    ...(code === undefined ? {} : { code }),
    ...(changes === undefined ? {} : { changes }),
    ...(count === undefined ? {} : { count }),
    request_id,
    address,
    user_agent,
  };
}
