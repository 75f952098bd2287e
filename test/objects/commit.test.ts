import { expect, it } from 'vitest';
import { commitUnits } from '../../src/objects/job/commit';
import type { JobStore } from '../../src/objects/job/job-store';
import { KeyLedger } from '../../src/objects/job/key-ledger';
import { NO_MARKS, Publisher, type PublisherPort } from '../../src/objects/job/publisher';
import { jobIn, NEVER_SEEN, NOW } from '../support/arbitraries';

const NOWHERE = {
  seen: NEVER_SEEN,
  save: () => new Set(),
  sealedKeys: { write() {} },
} as unknown as JobStore;
const BOOKS = {
  ...NO_MARKS,
  ...{ created_key: null, created_digest: null },
  ...{ deleted_at: null, keys: null, keys_total: 0 },
};

it('a report is drafted once: what a refusal would leave of it is not computed beside it', () => {
  let drafts = 0;
  const job = new Proxy(jobIn('in_progress'), {
    ownKeys(target) {
      drafts += 1;
      return Reflect.ownKeys(target);
    },
  });
  const report = { processed_items: 1 } as never;
  const ask = {
    unit: { commands: [{ verb: 'report' as const, report, digest: '' }], batch: false },
    key: null,
  };
  const publishing = new Publisher({} as PublisherPort);
  publishing.recall({ ...NO_MARKS, pub_revision: 2, pub_events: 2 });
  const commit = commitUnits(
    NOWHERE,
    { job, books: BOOKS },
    () => new KeyLedger([]),
    publishing,
    [{ ask, line: null }],
    NOW,
  );
  expect(commit.stored.job).toMatchObject({ processed_items: 1, revision: job.revision + 1 });
  expect(drafts).toBe(1);
});
