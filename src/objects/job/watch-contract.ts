import type { EntryKind } from '../../domain/job/draft';
import type { Summary } from '../../domain/job/summary';
import type { JobView } from './contract';

/**
 * What a job's object is asked and tells over a watcher's socket: RPC can't hand a socket over, so the ask is a URL
 * and what is told is JSON text. The socket may outlive the code at either end.
 */
export interface WatchAsk {
  organization: string;
  /** The revision that the watcher has got to; null for one that begins with a snapshot. */
  after: number | null;
  wants: Wants;
  /** The generation of the token that the watcher came by. */
  tokens?: number | undefined;
}

/** All there is to tell, word of the next change alone, or word of the end alone. */
export type Wants = 'all' | 'change' | 'end';
const WANTS: readonly string[] = ['all', 'change', 'end'] satisfies Wants[];

/** An entry of any kind. `at` is in ms since 1970, `data` its JSON text. */
export interface EntryLine {
  revision: number;
  k: number;
  kind: EntryKind;
  at: number;
  data: string;
}

/** The whole job. `resync`: it stands for changes that can't be told any more. */
export interface SnapshotMessage {
  type: 'snapshot';
  revision: number;
  view: JobView;
  resync: boolean;
}

/** All that was appended after revision `prev` through `revision`, and the job as it is at `revision`. */
export interface Update {
  type: 'update';
  prev: number;
  revision: number;
  /** Null where another update follows at once: a long catch-up. `metadata` and `result` where they are news. */
  job: { summary: Summary; metadata: string | null; result: string | null } | null;
  entries: EntryLine[];
}

/** Word of a change. */
export interface Moved {
  type: 'moved';
  revision: number;
}

/** The job is settled or gone at `revision`: nothing will follow. */
export interface End {
  type: 'end';
  revision: number;
}

export type WatchMessage = SnapshotMessage | Update | Moved | End;

export function watchUrl({ organization, after, wants, tokens }: WatchAsk): string {
  const url = new URL('https://job/watch');
  url.searchParams.set('organization', organization);
  if (after !== null) url.searchParams.set('after', String(after));
  url.searchParams.set('wants', wants);
  if (tokens !== undefined) url.searchParams.set('tokens', String(tokens));
  return url.href;
}

/** Reads what `watchUrl` wrote; null for anything else. */
export function readWatchAsk(url: string): WatchAsk | null {
  const { searchParams } = new URL(url);
  const wants = searchParams.get('wants') ?? '';
  const after = searchParams.has('after') ? Number(searchParams.get('after')) : null;
  if (!WANTS.includes(wants) || (after !== null && !Number.isSafeInteger(after))) return null;
  const tokens = searchParams.has('tokens') ? Number(searchParams.get('tokens')) : undefined;
  return { organization: searchParams.get('organization') ?? '', after, wants: wants as Wants, tokens };
}
