import { isForNow, type Rejection, reject } from '../../../domain/base/rejection';
import type { Told } from '../../../domain/door/told';
import type { Control } from '../../../domain/job/control';
import { closedTo, type Guarded } from '../../../http/checks/permission';
import type { ClientEnd, Correspondent } from '../../../http/client-socket';
import type { Caller } from '../../../services/access/caller';
import type { UnitAnswer } from '../../../services/jobs/jobs';
import { type FrameUnit, ReportChannel } from '../../../services/watching/report-channel';
import { acksText, refusedAck, toAck } from './acks';
import { type FrameId, readId, readReports } from './report-frames';
import { errorFrame, readFrame } from './socket-frames';

/** Frames that one socket may have unanswered, and characters in them. */
export const FRAMES = 1_000;
const CHARACTERS = 4_194_304;
/** Characters in the unanswered frames of all sockets of one isolate. */
const ISOLATE_CHARACTERS = 16_777_216;
/** How long a socket to one who may report stays after the job's end, from its opening or the last report on (ms). */
const LINGER = 1_000;

/** A frame that waits for its answer. */
interface Waiting {
  id: FrameId;
  batch: boolean;
  told: Told;
  characters: number;
  /** A report in it has a sequence: what follows it may not overtake it. */
  sequenced: boolean;
}

/** What the sockets of this isolate have unanswered (characters). */
const isolate = { characters: 0 };

/** What the client of one socket sends: its reports go to the job, and come back as answers. */
export class SocketReports implements Correspondent {
  readonly #caller: Caller;
  readonly #route: Guarded;
  readonly #jobId: string;
  readonly #client: ClientEnd;
  readonly #line: ReportChannel;
  readonly #waiting: Waiting[] = [];
  #characters = 0;
  #heard = Date.now();
  #stopped = false;

  /** Accepts reports from those whom `route` is open to. */
  constructor(caller: Caller, route: Guarded, jobId: string, client: ClientEnd) {
    this.#caller = caller;
    this.#route = route;
    this.#jobId = jobId;
    this.#client = client;
    this.#line = new ReportChannel(caller, jobId, {
      watches: true,
      answered: (answers, control) => this.#answered(answers, control),
      ended: (how) => client.close(how),
    });
  }

  take(data: unknown): void {
    const frame = readFrame(data);
    if ('answer' in frame) {
      if (frame.answer !== null) this.#client.send(frame.answer);
      return;
    }
    const id = readId(frame.json);
    if (typeof id === 'object') {
      this.#client.send(errorFrame(id));
      return;
    }
    this.#heard = Date.now();
    const { text, json, adjusted } = frame;
    const unit = closedTo(this.#caller, this.#route) ?? readReports(text, json, adjusted, this.#jobId);
    if ('code' in unit) this.#refuse(id, unit);
    else this.#submit(id, unit, frame.text.length);
  }

  /** Resolves when all is answered and nothing has come for a moment. */
  async quiet(): Promise<void> {
    while (!this.#stopped && closedTo(this.#caller, this.#route) === null) {
      const rest = this.#heard + LINGER - Date.now();
      if (rest <= 0 && this.#waiting.length === 0) return;
      await scheduler.wait(Math.max(rest, LINGER / 10));
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#count(-this.#characters);
    this.#line.close();
  }

  #submit(id: FrameId, unit: FrameUnit & { told: Told }, characters: number): void {
    const sequenced = unit.reports.some(({ report }) => (report.reporter ?? null) !== null);
    const isFull = this.#waiting.length >= FRAMES || this.#characters + characters > CHARACTERS;
    if (isFull || isolate.characters + characters > ISOLATE_CHARACTERS) {
      const detail = isFull
        ? `At most ${FRAMES} frames and ${CHARACTERS} characters may be unanswered at a time.`
        : 'Too many reports wait for their commit.';
      this.#refuse(id, reject('overloaded', detail));
      if (sequenced) this.#client.close('lost');
      return;
    }
    this.#waiting.push({ id, batch: unit.batch, told: unit.told, characters, sequenced });
    this.#count(characters);
    this.#line.submit(unit);
  }

  #answered(answers: UnitAnswer[], control: Control | null): void {
    const frames = this.#waiting.splice(0, answers.length);
    const acks = frames.map((frame, index) => toAck(frame, answers[index] as UnitAnswer));
    this.#client.send(acksText(acks, control));
    this.#heard = Date.now();
    for (const { characters } of frames) this.#count(-characters);
    // A sequence that was refused for now comes again, and what follows it with it: in order, on another socket.
    if (frames.some(({ sequenced }, index) => sequenced && isRefusedForNow(answers[index])))
      this.#client.close('lost');
  }

  /** Counts what has come to wait, or waits no longer. A socket that has stopped was counted out. */
  #count(characters: number): void {
    if (this.#stopped && this.#characters === 0) return;
    this.#characters += characters;
    isolate.characters += characters;
  }

  #refuse(id: FrameId, rejection: Rejection): void {
    this.#client.send(acksText([refusedAck(id, rejection)], null));
  }
}

/** Whether the same frame may be taken later. */
function isRefusedForNow(answer: UnitAnswer | undefined): boolean {
  return answer?.outcome === 'refused' && isForNow(answer.rejection);
}
