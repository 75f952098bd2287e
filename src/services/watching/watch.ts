import { backoff, STOOD, TRIES } from '../../domain/base/backoff';
import { ok, type Result, refuse } from '../../domain/base/result';
import { log } from '../../log';
import { watchJob } from '../../objects/address';
import type {
  End,
  Moved,
  SnapshotMessage,
  Update,
  Wants,
  WatchMessage,
} from '../../objects/job/watch-contract';
import type { Caller } from '../access/caller';
import { reachJob } from '../access/reach';
import { askObject } from '../ask-object';
import type { JobRef } from '../ids/job-id';
import { unknownJob } from '../jobs/unknown-job';
import { parseOnce } from '../parse-once';
import { ObjectSocket } from './object-socket';

export type { EntryLine } from '../../objects/job/watch-contract';

/**
 * What a watcher is told, in order. `lost`: it was closed, or the object can't be reached; come back from where you stand.
 * `revoked`: the job's tokens were, and it came by one.
 */
export type WatchNews = SnapshotMessage | Update | Moved | End | Closed;
export type Closed = { type: 'lost' } | { type: 'revoked' };

/** Where a watcher stands: at a revision, at none yet, or where nobody can tell: its id was never made here. */
export type WatchStart = number | 'unknown' | null;

/**
 * One watcher's place in a job's changes. It reads the object's socket, drops what it has read before, and where the
 * socket is lost or skips something it opens another from where it stands. Source: protocols §5.
 */
export class Watch {
  readonly #caller: Caller;
  readonly #ref: JobRef;
  readonly #wants: Wants;
  #resync: boolean;
  #socket: ObjectSocket | null;
  #position: number | null;
  #opened = Date.now();
  #failures = 0;
  /** After a failure nothing is tried before (ms since 1970). */
  #notBefore = 0;
  #closed = false;

  constructor(caller: Caller, ref: JobRef, wants: Wants, from: WatchStart, socket: ObjectSocket) {
    this.#caller = caller;
    this.#ref = ref;
    this.#wants = wants;
    this.#position = from === 'unknown' ? null : from;
    this.#resync = from === 'unknown';
    this.#socket = socket;
  }

  /** What comes next; null where nothing has come in `patience` ms. */
  async next(patience: number): Promise<WatchNews | null> {
    const until = Date.now() + patience;
    while (!this.#closed) {
      if (this.#socket === null) {
        const told = await this.#reconnect(until);
        if (told !== null) return told;
      }
      const text = await this.#socket?.next(Math.max(until - Date.now(), 0));
      if (typeof text === 'string') {
        const told = this.#admit(parseOnce<WatchMessage>(text));
        if (told !== null) {
          // Not before: an object that sends what can't be used is not asked again without a pause.
          this.#failures = 0;
          return told;
        }
      } else if (this.#socket === null || this.#socket.lost) {
        this.#drop();
      }
      if (Date.now() >= until) return null;
    }
    return { type: 'lost' };
  }

  /** Sends a ping; where the one before was not answered, the socket is lost. */
  ping(): void {
    this.#socket?.ping();
  }

  close(): void {
    this.#closed = true;
    this.#drop();
  }

  /**
   * A message as far as it is news; null where nothing in it is, or where something before it is missing. As it came it
   * is the same object for all who watch the job from here, and stays so.
   */
  #admit(message: WatchMessage): WatchNews | null {
    const position = this.#position ?? 0;
    let told = message;
    switch (message.type) {
      case 'snapshot':
        if (this.#resync && !message.resync) told = { ...message, resync: true };
        this.#resync = false;
        break;
      case 'update':
        if (message.prev > position) return this.#drop();
        if (message.revision <= position) return null;
        if (message.prev < position) {
          told = { ...message, entries: message.entries.filter(({ revision }) => revision > position) };
        }
        break;
      case 'end':
        if (message.revision > position) return this.#drop();
        break;
      case 'moved':
        break;
      default:
        // An object of a newer release may say more.
        return null;
    }
    this.#position = message.revision;
    return told;
  }

  /** Tries once to open another socket, where it is time for that before `until`. */
  async #reconnect(until: number): Promise<WatchNews | null> {
    const pause = Math.min(this.#notBefore, until) - Date.now();
    if (this.#failures > 0 && pause > 0) await scheduler.wait(pause);
    if (this.#closed || (this.#failures > 0 && Date.now() < this.#notBefore)) return null;
    this.#failures += 1;
    const socket = await connect(this.#caller, this.#ref, this.#wants, this.#position);
    this.#opened = Date.now();
    this.#notBefore = this.#opened + backoff(this.#failures, Math.random());
    if (socket.ok && socket.value !== null) {
      this.#socket = socket.value;
      if (this.#closed) this.#drop();
      return null;
    }
    if (!socket.ok && socket.rejection.code === 'unauthenticated') return { type: 'revoked' };
    if (socket.ok || socket.rejection.code === 'job_not_found') {
      return { type: 'end', revision: this.#position ?? 0 };
    }
    return this.#failures < TRIES ? null : { type: 'lost' };
  }

  #drop(): null {
    if (this.#socket !== null && Date.now() - this.#opened >= STOOD) this.#failures = 0;
    this.#socket?.close();
    this.#socket = null;
    return null;
  }
}

/** The place that an id of a frame names; null for none. */
export function placeOf(id: string | null): WatchStart {
  if (id === null) return null;
  return /^\d{1,15}$/.test(id) ? Number(id) : 'unknown';
}

/**
 * Begins to watch a job: what comes after a known place, else a snapshot. Null where the job is settled and its
 * watcher knows all of it.
 */
export async function openWatch(
  caller: Caller,
  jobId: string,
  wants: Wants,
  from: WatchStart,
): Promise<Result<Watch | null>> {
  const reached = await reachJob(caller, jobId);
  if (!reached.ok) return reached;
  const ref = reached.value;
  const socket = await connect(caller, ref, wants, from === 'unknown' ? null : from);
  if (!socket.ok) return socket;
  return ok(socket.value === null ? null : new Watch(caller, ref, wants, from, socket.value));
}

async function connect(
  caller: Caller,
  { core, job_id }: JobRef,
  wants: Wants,
  after: number | null,
): Promise<Result<ObjectSocket | null>> {
  const { env, principal, token } = caller;
  const ask = { organization: principal.organization, after, wants, tokens: token?.generation };
  try {
    const answer = await askObject(() => watchJob(env, core, ask), false);
    if (!answer.ok) return answer;
    const { status, webSocket } = answer.value;
    if (webSocket) return ok(new ObjectSocket(webSocket));
    if (status === 204) return ok(null);
    if (status === 404) return await unknownJob(caller, core);
    if (status === 503)
      return refuse('overloaded', 'This job has as many watchers as it takes. Try again shortly.');
    throw new Error(`the object answered ${status}`);
  } catch (cause) {
    log('warn', 'watch_failed', { job_id, cause });
    return refuse('unavailable', 'The job can’t be watched right now. Try again shortly.');
  }
}
