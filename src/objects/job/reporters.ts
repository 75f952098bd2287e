import { controlOf } from '../../domain/job/control';
import { isSequenced } from '../../domain/job/unit';
import { log } from '../../log';
import type { QueuedAsk } from '../kit/commit-queue';
import type { Line } from './commit';
import type { UnitAnswer, UnitAsk } from './contract';
import type { AskedUnit, Committed, JobCommits } from './job-commits';
import type { JobSockets } from './job-sockets';
import { REVOKED, type Relay, type RelayAnswer, type ReportAsk, type SocketAnswer } from './report-contract';

/** What a socket's wake-up needs: whether the token that it came by still stands is asked with every message. */
interface Attachment {
  tokens?: number | undefined;
}

interface ReporterLine extends Line {
  socket: WebSocket;
  tokens: number | undefined;
}

/** What one commit answers to one socket. */
interface CommitAnswers {
  first: number;
  answers: SocketAnswer[];
  last: Committed | null;
}

/**
 * Those who report over a socket that hibernates: what they send joins the job's shared commits, and a commit is
 * answered with one message a socket, once it is on the disk.
 */
export class Reporters {
  readonly #ctx: DurableObjectState;
  readonly #hub: JobSockets;
  readonly #commits: Pick<JobCommits, 'add'>;
  readonly #takes: (tokens: number | undefined) => boolean;
  readonly #jobId: () => string | null;
  readonly #lines = new Map<WebSocket, ReporterLine>();
  /** What the commit of this turn answers. */
  #telling: Map<ReporterLine, CommitAnswers> | null = null;
  #told: Promise<void> = Promise.resolve();

  /** `takes` says whether a token of this generation still stands. */
  constructor(
    ctx: DurableObjectState,
    hub: JobSockets,
    commits: Pick<JobCommits, 'add'>,
    takes: (tokens: number | undefined) => boolean,
    jobId: () => string | null,
  ) {
    this.#ctx = ctx;
    this.#hub = hub;
    this.#commits = commits;
    this.#takes = takes;
    this.#jobId = jobId;
  }

  /** Accepts a reporter's WebSocket: 101 with its socket, 503 where there is no room. */
  accept({ tokens, watches = true }: ReportAsk): Response {
    const pair = this.#hub.accept(watches ? 'report' : 'alone');
    if (pair === null) return new Response(null, { status: 503 });
    pair.ours.serializeAttachment({ tokens } satisfies Attachment);
    return new Response(null, { status: 101, webSocket: pair.theirs });
  }

  /** Reads a message of a reporter's Worker. One that can't be read ends the socket: its Worker can't tell what became of it. */
  take(socket: WebSocket, message: string): void {
    const line = this.#lineOf(socket);
    if (!this.#takes(line.tokens)) {
      this.#close(socket, REVOKED, 'revoked');
      return;
    }
    const { first, units } = JSON.parse(message) as Relay;
    this.#commits.add(units.map((ask, index) => this.#member(line, first + index, ask)));
  }

  /** A socket is closed, or broken. */
  gone(socket: WebSocket): void {
    this.#lines.delete(socket);
    this.#hub.gone(socket);
  }

  #close(socket: WebSocket, code: number, reason: string): void {
    this.gone(socket);
    socket.close(code, reason);
  }

  /** What tells of its commit keeps nothing of the unit itself: one that there is no room for is let go. */
  #member(line: ReporterLine, number: number, ask: UnitAsk): QueuedAsk<AskedUnit, Committed> {
    const [{ batch }, sequenced] = [ask.unit, isSequenced(ask.unit)];
    return {
      ask: { ask, want: {}, line },
      resolve: (committed) => this.#answered(line, number, answerTo(batch, committed), committed),
      reject: (cause) => {
        log('error', 'report_failed', { job_id: this.#jobId(), cause });
        if (sequenced) line.broken = true;
        this.#answered(line, number, { outcome: 'failed' }, null);
      },
    };
  }

  /** Collects the answers of a commit: all of them come in one turn. */
  #answered(line: ReporterLine, number: number, answer: SocketAnswer, committed: Committed | null): void {
    if (this.#telling === null) {
      this.#telling = new Map();
      queueMicrotask(() => this.#tell());
    }
    const told = this.#telling.get(line) ?? { first: number, answers: [], last: null };
    this.#telling.set(line, told);
    told.answers.push(answer);
    told.last = committed ?? told.last;
  }

  /** Answers a commit once it is durable and, where it changed the status, published; one commit after the other. */
  #tell(): void {
    const telling = this.#telling ?? new Map<ReporterLine, CommitAnswers>();
    this.#telling = null;
    const synced = this.#ctx.storage.sync().then(
      () => true,
      () => false,
    );
    this.#told = this.#send(telling, synced, this.#told).catch((cause) => {
      log('error', 'acks_failed', { job_id: this.#jobId(), cause });
      for (const { socket } of telling.keys()) this.#close(socket, 1011, 'failed');
    });
  }

  async #send(
    telling: Map<ReporterLine, CommitAnswers>,
    synced: Promise<boolean>,
    before: Promise<void>,
  ): Promise<void> {
    await before;
    const durable = await synced;
    for (const [{ socket }, told] of telling) {
      await told.last?.published;
      // Without the disk the object is lost, and so is what was not answered: its reporter comes back and sends it again.
      if (!durable) this.#close(socket, 1011, 'lost');
      else if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(toMessage(told)));
    }
  }

  #lineOf(socket: WebSocket): ReporterLine {
    const known = this.#lines.get(socket);
    if (known !== undefined) return known;
    const { tokens } = socket.deserializeAttachment() as Attachment;
    const line = { socket, tokens, broken: false };
    this.#lines.set(socket, line);
    return line;
  }
}

/** A single report's verdict is its answer, but for what was left out of it. */
function answerTo(batch: boolean, { applied }: Committed): SocketAnswer {
  if (applied === null) return { outcome: 'none' };
  const answer: UnitAnswer = applied.answer;
  if (answer.outcome === 'refused' || batch) return answer;
  const tells = answer.verdicts?.some(({ ignored }) => ignored !== undefined) ?? false;
  return tells ? answer : { ...answer, verdicts: null };
}

function toMessage({ first, answers, last }: CommitAnswers): RelayAnswer {
  const view = last?.applied?.view;
  if (view === undefined) return { first, answers, job: null };
  const { summary, watchers } = view;
  return { first, answers, job: { revision: summary.revision, control: controlOf(summary, watchers ?? 0) } };
}
