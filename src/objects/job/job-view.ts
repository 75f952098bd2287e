import { summarize } from '../../domain/job/summary';
import type { JobView, UnitKey, Want } from './contract';
import { totalsOf } from './entry-store';
import type { JobStore, Stored } from './job-store';
import { isSameBody, KeyLedger } from './key-ledger';

/** Newest issues and lines that a job carries; the rest is paged. Source: behaviour §2. */
const ISSUES = 100;
const ISSUES_BYTES = 262_144;
const LINES = 1_000;
const LINES_BYTES = 524_288;

export function viewOf(store: JobStore, stored: Stored, want: Want): JobView {
  const { job } = stored;
  return {
    summary: summarize(job),
    content: want.content ? contentOf(store, job) : null,
    logs: want.logs ? store.entries.newestLines(totalsOf(job), LINES, LINES_BYTES) : null,
    ...(want.key !== undefined && isOfAnother(store, stored, want.key) ? { conflict: true } : {}),
  };
}

/** The keys that a job keeps. */
export function openLedger({ sealedKeys }: JobStore, { books }: Stored): KeyLedger {
  return new KeyLedger([...sealedKeys.read(books.keys_total), ...(books.keys === null ? [] : [books.keys])]);
}

function isOfAnother(store: JobStore, stored: Stored, key: UnitKey): boolean {
  const kept = openLedger(store, stored).find(key.key, Date.now());
  return kept !== null && !isSameBody(kept.body, key);
}

/** The views of one commit, each kind made once however many of a group want it. */
export function views(store: JobStore, stored: Stored): (want: Want) => JobView {
  const made = new Map<string, JobView>();
  return (want) => {
    const kind = `${want.content ?? false} ${want.logs ?? false}`;
    const view = made.get(kind) ?? viewOf(store, stored, want);
    made.set(kind, view);
    return view;
  };
}

/** The metadata as people see it: stage and last message are shown in it. */
export function metadataText({ metadata, stage, last_message }: Stored['job']): string {
  const own = { ...(stage === null ? {} : { stage }), ...(last_message === null ? {} : { last_message }) };
  return JSON.stringify({ ...metadata, ...own });
}

function contentOf(store: JobStore, job: Stored['job']): JobView['content'] {
  return {
    metadata: metadataText(job),
    result: JSON.stringify(job.result),
    errors: `[${store.entries.newest('error', job.errors_total, ISSUES, ISSUES_BYTES).join(',')}]`,
    warnings: `[${store.entries.newest('warning', job.warnings_total, ISSUES, ISSUES_BYTES).join(',')}]`,
  };
}
