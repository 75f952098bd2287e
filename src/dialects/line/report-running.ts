import { isForNow } from '../../domain/base/rejection';
import { findExit } from '../../domain/line/exit-line';
import { HeadAndTail } from '../../domain/line/head-and-tail';
import { RunningText } from '../../domain/line/running-text';
import { readText, type Said, tellCount } from '../../domain/line/said';
import type { Reply } from '../../http/endpoint';
import type { Refused } from '../../http/problem';
import { TextDecoding } from '../../http/text-decoding';
import type { Caller } from '../../services/access/caller';
import type { ReadReport } from '../../services/jobs/report-unit';
import { RunningReports } from '../../services/watching/running-reports';
import { act } from './act';
import { type Beside, exitWith, type LineReport, lineReport, saying, type Verb } from './verbs';

/** How often the last report is tried where the job can't be reached, and how long between (ms). */
const TRIES = 5;
const BETWEEN = 1_000;

/**
 * Reports what a body says while it comes, as long as it may take, and answers at its end. One that is over within a
 * second is a text like any other, read by `verb`. A last line `::exit N` ends the job.
 */
export async function reportRunning(
  caller: Caller,
  request: Request,
  verb: Verb,
  beside: Beside,
): Promise<Reply | Refused> {
  const [whole, running] = [new HeadAndTail(), new RunningText(beside.unit)];
  const reports = new RunningReports(caller, beside.jobId, running, toReport);
  const decoding = new TextDecoding(request.headers.get('Content-Type'));
  const take = (text: string) => {
    whole.add(text);
    running.take(text);
  };
  const complete = await readThrough(request.body, (bytes) => {
    reports.heard();
    take(decoding.add(bytes));
  });
  take(decoding.end());
  running.end();
  const runs = reports.runs;
  await reports.end();
  const { over } = reports;
  // By an address that is none any more nothing is ended.
  if (over !== null && over !== 'cancelled' && over.code === 'unauthenticated') {
    return refusedDropping({ rejection: over });
  }
  const text = whole.text;
  const exitLine = findExit(complete ? text : text.slice(0, text.lastIndexOf('\n') + 1));
  if (exitLine !== null) {
    const ending = { ...beside, code: exitLine.code };
    const end =
      runs && over === null
        ? lastState(running, exitLine.text, ending)
        : exitWith(wholeOf(exitLine.text, running, beside), exitLine.text, ending);
    return answered(caller, end, over !== null);
  }
  if (!runs) {
    const said = wholeOf(text, running, beside);
    return answered(caller, said.count === undefined ? verb(text, beside) : saying(said), false);
  }
  return answered(caller, over === null ? lastWords(running) : NOTHING, over !== null);
}

/** What a text says that is over at once: its words as of any other text, its count as of one that goes on, the last. */
function wholeOf(text: string, running: RunningText, { unit }: Beside): Said {
  const { count } = running.latest;
  return { ...readText(text, unit), ...(count === undefined ? {} : { count }) };
}

/** The end of a program, with what it said and was not reported yet. */
function lastState(running: RunningText, text: string, ending: Beside): LineReport {
  const said = running.news() ?? {};
  const { read, report } = exitWith(said, text, ending, said);
  const { count } = running.latest;
  return { report, read: read ?? (count === undefined ? null : tellCount(count)) };
}

/** What was said and not reported yet; else a sign of life. */
function lastWords(running: RunningText): LineReport {
  const said = running.news();
  const { count, message } = running.latest;
  const read = count === undefined ? message && 'no count in it' : tellCount(count);
  return { ...(said === null ? NOTHING : lineReport(said, { mark_started: true })), read: read ?? null };
}

const NOTHING: LineReport = { report: null, read: null };

function toReport(said: Said): ReadReport {
  return lineReport(said, { mark_started: true }).report ?? { report: {}, raw: {} };
}

/** Reads a body to its end, or as far as it comes: whether it was all there. What it reads is never left standing: its sender writes to a pipe. */
async function readThrough(
  body: ReadableStream<Uint8Array> | null,
  take: (bytes: Uint8Array) => void,
): Promise<boolean> {
  if (body === null) return true;
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return true;
      take(value);
    }
  } catch {
    // It broke off: what came is what was said, but for a line that may have gone on.
    return false;
  }
}

/** The answer to the last report, which is tried again where the job can't be reached for now. */
async function answered(caller: Caller, last: LineReport, dropped: boolean): Promise<Reply | Refused> {
  for (let tries = 1; ; tries++) {
    const outcome = await act(caller, last);
    if (!('rejection' in outcome)) return dropped ? toldDropped(outcome) : outcome;
    if (!isForNow(outcome.rejection) || tries === TRIES) {
      return dropped ? refusedDropping(outcome) : outcome;
    }
    await scheduler.wait(BETWEEN * tries);
  }
}

function toldDropped(reply: Reply): Reply {
  const line = String(reply.body).trimEnd();
  return { ...reply, body: `${line} (what came after that was read and dropped)\n` };
}

function refusedDropping(refused: Refused): Refused {
  return { ...refused, extra: { ...refused.extra, dropped: true } };
}
