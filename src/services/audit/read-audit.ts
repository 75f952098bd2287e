import {
  type AuditAsk,
  type AuditFilter,
  type AuditPart,
  type AuditPosition,
  type AuditStoreName,
  type FoundRecord,
  mergeAudit,
  placeIn,
} from '../../domain/audit/audit-page';
import { ok, type Result } from '../../domain/base/result';
import { indexObject, orgObject } from '../../objects/address';
import type { Caller } from '../access/caller';
import { shardsOf } from '../access/own-shards';
import { askNewer } from '../ask-object';
import { sealCursor } from '../ids/cursor';
import { cursorScope, type Page, type PageAsk, toPage } from '../page';

export type { AuditFilter, FoundRecord };

/** What the cursors of the audit's records belong to. */
export const AUDIT = 'audit';
/** Parts that are asked for in turn where a filter passes over what it is shown; an emptier page is answered then. */
const ROUNDS = 8;

/** An organization's audit records, newest first, over all the stores that keep some. */
export async function readAudit(
  caller: Caller,
  filter: AuditFilter,
  { position, limit }: Pick<PageAsk, 'position' | 'limit'>,
): Promise<Result<Page<FoundRecord>>> {
  const { config, principal } = caller;
  const scope = cursorScope(principal.organization, AUDIT);
  const seal = ({ at, n, store }: AuditPosition) => sealCursor(config, scope, { at, n, store });
  const records: FoundRecord[] = [];
  for (let [round, before] = [1, position as AuditPosition | null]; ; round++) {
    const parts = await readParts(caller, filter, before, limit + 1 - records.length);
    if (!parts.ok) return parts;
    const found = mergeAudit(parts.value);
    records.push(...found.records);
    const page = await toPage(records, limit, seal);
    if (page.next_cursor !== null || found.through === null) return ok(page);
    if (round === ROUNDS) return ok({ ...page, next_cursor: await seal(found.through) });
    before = found.through;
  }
}

async function readParts(
  caller: Caller,
  filter: AuditFilter,
  before: AuditPosition | null,
  limit: number,
): Promise<Result<(AuditPart & { store: AuditStoreName })[]>> {
  const { env, principal } = caller;
  const { organization } = principal;
  const stores: AuditStoreName[] = ['org', ...shardsOf(caller)];
  const parts = await Promise.all(
    stores.map(async (store) => {
      const ask: AuditAsk = { ...filter, before: placeIn(store, before), limit };
      const object = () =>
        store === 'org' ? orgObject(env, organization) : indexObject(env, organization, store);
      return { store, part: await askNewer(() => object().auditPage(ask), true) };
    }),
  );
  const found: (AuditPart & { store: AuditStoreName })[] = [];
  for (const { store, part } of parts) {
    if (!part.ok) return part;
    found.push({ ...part.value, store });
  }
  return ok(found);
}

/** The id of a record: where it is kept, and its number there, which has no holes. */
export function recordId({ store, n }: Pick<FoundRecord, 'store' | 'n'>): string {
  return `${store}.${n}`;
}
