import { type Rejection, reject } from '../../domain/base/rejection';
import { ok, type Result, refuse } from '../../domain/base/result';
import type { Control } from '../../domain/job/control';
import { log } from '../../log';
import { reportJob } from '../../objects/address';
import type { UnitAnswer, UnitAsk } from '../../objects/job/contract';
import { REVOKED, type Relay, type RelayAnswer, type SocketAnswer } from '../../objects/job/report-contract';
import type { Caller } from '../access/caller';
import { ownLimits } from '../access/own-limits';
import { reachJob } from '../access/reach';
import { askObject } from '../ask-object';
import { noSuchJob } from '../jobs/no-such-job';
import { type ReadReport, toUnit } from '../jobs/report-unit';
import { type RequestKey, unitKey } from '../jobs/request-key';
import { snapshotsOf } from '../jobs/snapshot-cache';
import { unknownJob } from '../jobs/unknown-job';
import { tally } from '../metrics/tally';

/** How long an answer may stay away before the object counts as lost (ms). */
const PATIENCE = 30_000;

/**
 * Messages that are on their way at a time: one whose commit is under way, and one to share the next. What comes
 * meanwhile goes together, since a message costs an object that hibernates more than the reports in it.
 */
const ABREAST = 2;

/** The reports of one frame: they stand or fall together. */
export interface FrameUnit {
  reports: readonly ReadReport[];
  batch: boolean;
  key: RequestKey | null;
}

export interface ChannelPort {
  /** Its client watches the job by another socket: for itself alone it need not report more often. */
  watches: boolean;
  /** Answers to the oldest unanswered frames, in order; `control` where they come from the job itself. */
  answered(answers: UnitAnswer[], control: Control | null): void;
  /** Some frames will not be answered, and nobody here can tell what became of them; or the caller may not go on. */
  ended(how: 'lost' | 'revoked'): void;
}

/**
 * One client's reports on their way to a job's object, over a socket that is opened with the first of them. They
 * arrive in the order they were handed in. A socket that is lost with nothing unanswered is opened again with the next.
 */
export class ReportChannel {
  readonly #caller: Caller;
  readonly #jobId: string;
  readonly #port: ChannelPort;
  #waiting: FrameUnit[] = [];
  #relaying = false;
  #socket: WebSocket | null = null;
  /** Numbers on this socket. */
  #sent = 0;
  #answered = 0;
  /** The last numbers of the messages that are on their way. */
  #ends: number[] = [];
  #watched = false;
  #closed = false;

  constructor(caller: Caller, jobId: string, port: ChannelPort) {
    this.#caller = caller;
    this.#jobId = jobId;
    this.#port = port;
  }

  submit(unit: FrameUnit): void {
    this.#waiting.push(unit);
    this.#go();
  }

  close(): void {
    this.#closed = true;
    this.#socket?.close(1000);
    this.#socket = null;
  }

  #go(): void {
    if (!this.#relaying && this.#waiting.length > 0) void this.#relay();
  }

  /** Relays what waits as far as it may, in one message for what came together. */
  async #relay(): Promise<void> {
    this.#relaying = true;
    try {
      while (this.#waiting.length > 0 && this.#ends.length < ABREAST && !this.#closed) {
        const frames = this.#waiting;
        this.#waiting = [];
        const own = ownLimits(this.#caller);
        const units = await Promise.all(frames.map(async (frame) => ({ ...(await toAsk(frame)), ...own })));
        if (this.#socket === null) {
          const opened = await this.#open();
          if (!opened.ok) this.#refuse(frames.length, opened.rejection);
        }
        this.#send(units);
      }
    } catch (cause) {
      this.#lose(cause);
    } finally {
      this.#relaying = false;
    }
  }

  #send(units: UnitAsk[]): void {
    if (this.#socket === null || this.#closed) return;
    const message: Relay = { first: this.#sent + 1, units };
    this.#sent += units.length;
    this.#ends.push(this.#sent);
    this.#socket.send(JSON.stringify(message));
    if (!this.#watched) void this.#watch();
  }

  async #open(): Promise<Result<null>> {
    const opened = await connect(this.#caller, this.#jobId, this.#port.watches);
    if (!opened.ok) return opened;
    const socket = opened.value;
    socket.addEventListener('message', ({ data }) => this.#take(socket, data));
    socket.addEventListener('close', ({ code }) => this.#left(socket, code));
    socket.addEventListener('error', () => this.#left(socket, 1006));
    socket.accept();
    if (this.#closed) socket.close(1000);
    [this.#socket, this.#sent, this.#answered, this.#ends] = [socket, 0, 0, []];
    return ok(null);
  }

  #take(socket: WebSocket, data: unknown): void {
    if (socket !== this.#socket || typeof data !== 'string') return;
    const { first, answers, job } = JSON.parse(data) as RelayAnswer;
    if (first !== this.#answered + 1) {
      this.#lose(`answered ${first} after ${this.#answered}`);
      return;
    }
    this.#answered += answers.length;
    this.#ends = this.#ends.filter((end) => end > this.#answered);
    const { config, principal } = this.#caller;
    if (job === null) snapshotsOf(config).forget(principal.organization, this.#jobId);
    else snapshotsOf(config).passed(principal.organization, this.#jobId, job.revision);
    tally.reported(principal.organization, answers.length);
    this.#port.answered(answers.map(toAnswer), job?.control ?? null);
    this.#go();
  }

  /** The object's socket has gone: with all answered nothing is lost. */
  #left(socket: WebSocket, code: number): void {
    if (socket !== this.#socket) return;
    this.#socket = null;
    if (code === REVOKED) this.#end('revoked');
    else if (this.#sent > this.#answered) this.#lose(`closed with ${code}`);
  }

  /** Closes the channel where the oldest unanswered report has waited too long. */
  async #watch(): Promise<void> {
    this.#watched = true;
    while (this.#sent > this.#answered && !this.#closed) {
      const [socket, answered] = [this.#socket, this.#answered];
      await scheduler.wait(PATIENCE);
      const isStuck = this.#socket === socket && this.#answered === answered && this.#sent > answered;
      if (isStuck && !this.#closed) this.#lose('no answer');
    }
    this.#watched = false;
  }

  #refuse(count: number, rejection: Rejection): void {
    if (rejection.code === 'unauthenticated') this.#end('revoked');
    else this.#port.answered(Array<UnitAnswer>(count).fill({ outcome: 'refused', rejection }), null);
  }

  #lose(cause: unknown): void {
    if (this.#closed) return;
    log('warn', 'reports_lost', { job_id: this.#jobId, cause });
    this.#end('lost');
  }

  #end(how: 'lost' | 'revoked'): void {
    if (this.#closed) return;
    this.close();
    this.#port.ended(how);
  }
}

async function toAsk({ reports, batch, key }: FrameUnit): Promise<UnitAsk> {
  const [unit, hashes] = await Promise.all([
    toUnit(reports, batch),
    unitKey(batch ? 'batch' : 'report', key),
  ]);
  return { unit, key: hashes };
}

function toAnswer(answer: SocketAnswer): UnitAnswer {
  switch (answer.outcome) {
    case 'none':
      return { outcome: 'refused', rejection: noSuchJob().rejection };
    case 'failed':
      return { outcome: 'refused', rejection: reject('internal', 'Something broke on our side.') };
    default:
      return answer;
  }
}

async function connect(caller: Caller, jobId: string, watches: boolean): Promise<Result<WebSocket>> {
  const { env, principal, token } = caller;
  const { organization } = principal;
  const reached = await reachJob(caller, jobId);
  if (!reached.ok) return reached;
  const ref = reached.value;
  try {
    const ask = { organization, tokens: token?.generation, watches };
    const answer = await askObject(() => reportJob(env, ref.core, ask), false);
    if (!answer.ok) return answer;
    const { status, webSocket } = answer.value;
    if (webSocket) return ok(webSocket);
    if (status === 404) return await unknownJob(caller, ref.core);
    if (status === 503) return refuse('overloaded', 'This job has as many sockets as it takes.');
    throw new Error(`the object answered ${status}`);
  } catch (cause) {
    log('warn', 'line_failed', { job_id: jobId, cause });
    return refuse('unavailable', 'The job can’t be reported to over a socket right now.');
  }
}
