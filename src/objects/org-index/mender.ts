import type { Finding, Restatement } from '../../domain/feed/drift';
import type { LastTold } from '../../domain/feed/feed';
import { changeAbout } from '../../domain/feed/last-change';
import type { Publication, Receipt } from '../../domain/feed/publication';
import type { Summary } from '../../domain/job/summary';
import type { Creations } from './creations';
import type { OrgIndexStore } from './org-index-store';
import { type RawEntry, type RepairStore, says } from './repair-store';

export interface MenderParts {
  repair: RepairStore;
  store: Pick<OrgIndexStore, 'insert' | 'kept'>;
  creations: Pick<Creations, 'moved' | 'forget'>;
  /** Applies a publication as the projector does. */
  apply(publication: Publication, now: number): Receipt;
}

/** What the index said of a job when the job was asked, and what the job answered; null where there is none. */
export interface JobAsked {
  job_id: string;
  before: readonly RawEntry[];
  answer: Restatement | null;
  /** The revision of the newest event of it that the feed has, where the index says nothing of the job. */
  told: number;
}

/**
 * Makes what the index says of a job what the job says. What is merely behind is applied as the publication that it lacks;
 * what is wrong is taken out and entered anew. The caller sets the transaction.
 */
export class Mender {
  readonly #parts: MenderParts;

  constructor(parts: MenderParts) {
    this.#parts = parts;
  }

  /** How it was wrong; null where it was right, or where the job has spoken for itself since it was asked. */
  mend({ job_id, before, answer, told }: JobAsked, now: number): Finding {
    const entries = this.#parts.repair.entriesOf(job_id);
    if (JSON.stringify(entries.map(placeOf)) !== JSON.stringify(before.map(placeOf))) return null;
    if (answer === null) return this.#bury(entries);
    const { publication } = answer;
    if (publication.deleted) {
      if (entries.length === 0) return null;
      this.#parts.apply(publication, now);
      const left = this.#parts.repair.entriesOf(job_id);
      this.#bury(left);
      return answer.told || left.length > 0 ? 'ghost' : 'late';
    }
    const behind = this.#catchUp(entries, answer, now);
    const left = behind ? this.#parts.repair.entriesOf(job_id) : entries;
    if (isRight(left, answer)) return behind ? (answer.told ? 'stale' : 'late') : null;
    this.#enter(left, answer, told, now);
    return entries.length === 0 ? 'missing' : 'stale';
  }

  #bury(entries: readonly RawEntry[]): Finding {
    for (const entry of entries) this.#parts.repair.drop(entry, null);
    if (entries.length === 0) return null;
    // What the entries say is not to be counted by.
    this.#parts.creations.forget();
    return 'ghost';
  }

  /** Whether the one entry was behind, and got what it lacked. What its job takes for told is told as no progress again. */
  #catchUp(entries: readonly RawEntry[], { publication, told }: Restatement, now: number): boolean {
    const [entry, other] = entries;
    const { summary, through } = publication;
    if (entry === undefined || other !== undefined || entry.created_at !== summary.created_at) return false;
    const [revision, known] = [Number(entry.revision), Number(entry.through)];
    if (revision > summary.revision || known > through) return false;
    if ((told || revision === summary.revision) && known === through) return false;
    this.#parts.apply(publication, now);
    return true;
  }

  /** Enters the job anew, and tells the feed of what it lacks alone. */
  #enter(entries: readonly RawEntry[], { publication, told }: Restatement, fed: number, now: number): void {
    const { summary, events, through } = publication;
    for (const entry of entries) this.#parts.repair.drop(entry, summary);
    const [entry] = entries;
    const untold = events.filter(({ revision }) => revision > fed);
    const known = entry === undefined ? through - untold.length : knownOf(entry, through, told);
    this.#parts.store.insert(summary, {
      through: known,
      progressed_at: timeOf(entry?.progressed_at, now) ?? 0,
      told: toldOf(entry?.told),
      updated_at: updatedOf(entry, summary, now),
    });
    this.#parts.creations.forget();
    if (known < through) this.#parts.apply(publication, now);
  }
}

/** How far an entry has got, by which it is seen that its job has spoken meanwhile. */
function placeOf({ n, revision, through }: RawEntry) {
  return [n, revision, through];
}

function isRight(entries: readonly RawEntry[], { publication, told }: Restatement): boolean {
  const [entry, other] = entries;
  if (entry === undefined || other !== undefined) return false;
  const { summary, through } = publication;
  const known = Number(entry.through);
  if (known > through || (told && known < through)) return false;
  if (summary.completed_at !== null && entry.updated_at !== summary.completed_at) return false;
  return says(entry, summary) && isTold(entry.told);
}

/** The ordinal of the newest event that the feed has: what an entry says of it, unless it can't be so. */
function knownOf(entry: RawEntry, through: number, told: boolean): number {
  const known = Number(entry.through);
  return told || !(known >= 0 && known <= through) ? through : known;
}

function updatedOf(entry: RawEntry | undefined, summary: Summary, now: number): number {
  if (summary.completed_at !== null) return summary.completed_at;
  const kept = timeOf(entry?.updated_at, now);
  return kept !== null && kept >= summary.created_at ? kept : changeAbout(summary);
}

function timeOf(value: SqlStorageValue | undefined, now: number): number | null {
  return typeof value === 'number' && value >= 0 && value <= now ? value : null;
}

function isTold(value: SqlStorageValue | undefined): boolean {
  return value === null || JSON.stringify(toldOf(value)) === value;
}

function toldOf(value: SqlStorageValue | undefined): LastTold {
  try {
    const told = JSON.parse(String(value)) as LastTold | null;
    return typeof told === 'object' && told !== null && !Array.isArray(told) ? told : {};
  } catch {
    return {};
  }
}
