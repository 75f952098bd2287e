/** Budgets of rows read for what keeps and mends roll-ups. */

import { summarize } from '../../src/domain/job/summary';
import { Tables } from '../../src/objects/kit/tables';
import { OrgIndexStore } from '../../src/objects/org-index/org-index-store';
import { RollupRepair } from '../../src/objects/org-index/rollup-repair';
import { RollupStore } from '../../src/objects/org-index/rollup-store';
import { freshJob } from '../support/arbitraries';
import { fillSummaries } from '../support/fill-summaries';
import { holdsToBudgets } from '../support/rows-read';

const LIKE = summarize(freshJob());
/** What a query has made itself, as long as one parent has children. */
const OWN = { one: 'of one parent', other: 'of one parent' };

holdsToBudgets(RollupStore, {
  namespace: 'ORG_INDEX',
  fill: (sql) => {
    new OrgIndexStore(sql).prepare();
    fillSummaries(sql, LIKE, 20_000, {
      ...{ job_id: "'j' || n", created_at: 'n', parent_job_id: "iif(n % 20 = 0, 'p1', 'p0')" },
    });
  },
  open: (sql) => new RollupStore(sql, new Tables(sql)),
  budgets: {
    of: [
      { rows: 50, call: (store) => store.of('p0', null) },
      {
        rows: 5_500,
        call: (store) => store.of('p1', { job_types: ['import'], tag: 'none' }),
        walks: { json_each: 'a job has ten tags at most, a key a few types' },
      },
    ],
  },
});

holdsToBudgets(RollupRepair, {
  namespace: 'ORG_INDEX',
  fill: (sql) => {
    new OrgIndexStore(sql).prepare();
    fillSummaries(sql, LIKE, 20_000, {
      ...{ job_id: "'j' || n", created_at: 'n', parent_job_id: "iif(n % 20 = 0, 'p1', 'p0')" },
    });
  },
  open: (sql) => new RollupRepair(sql),
  budgets: {
    begunIn: { rows: 5, call: (repair) => repair.begunIn([{ n: 20, job_id: 'j20', parent_job_id: 'p1' }]) },
    isRight: { rows: 60_000, call: (repair) => repair.isRight('p1'), walks: OWN },
    remake: { rows: 60_000, call: (repair) => repair.remake('p1'), walks: OWN },
  },
});
