import type { Patch } from './patch.ts';

/** What would make the audit miss an act, tell of one that was not done, or tell too much. */
export const AUDIT_PATCHES: readonly Patch[] = [
  {
    name: 'an audit record written outside the transaction of its change',
    file: 'src/objects/org/org-audit.ts',
    find: 'return transact(this.#storage, [this.#tables, this.#records, this.#clock], work);',
    replace: 'void transact; return work();',
    suite: 'test/audit/kept.test.ts',
  },
  {
    name: 'the record of a cancelled job not carried with its commit',
    file: 'src/objects/job/commit.ts',
    find: 'for (const act of acts) store.carried.add(act, change.job.revision);',
    replace: 'void acts;',
    suite: 'simulation',
  },
  {
    name: 'a carried record forgotten before the index has confirmed it',
    file: 'src/objects/job/publisher.ts',
    find: 'if (audited > 0) this.#port.confirm(audited);',
    replace: 'if (publication.audit !== undefined) this.#port.confirm(publication.audit.length);',
    suite: 'test/audit/kept.test.ts',
  },
  {
    name: 'a record kept each time that it is carried',
    file: 'src/objects/kit/audit-store.ts',
    find: 'if (this.#sql.exec(SAME, at, body).toArray().length === 0) this.#insert',
    replace: 'this.#insert',
    suite: 'test/audit/kept.test.ts',
  },
  {
    name: 'a refused act beyond the hour’s first not counted',
    file: 'src/objects/org/refusal-store.ts',
    find: '(told >= ?5)',
    replace: '0 * ?5',
    suite: 'test/audit/refusals.test.ts',
  },
  {
    name: 'the whole address in a record',
    file: 'src/domain/audit/network-of.ts',
    find: "slice(0, 3).join('.')}.0/24",
    replace: "join('.')}/32",
    suite: 'test/audit/acts.test.ts',
  },
  {
    name: 'the URL of an endpoint in a record',
    file: 'src/objects/org/org-webhooks.ts',
    find: "const SHOWN = ['event_types',",
    replace: "const SHOWN = ['url', 'event_types',",
    suite: 'test/audit/acts.test.ts',
  },
];
