import { constants } from 'node:os';
import { basename } from 'node:path';
import {
  Headway,
  HeadwayError,
  type NewJob,
  type Report,
  type Trouble,
  type WorkerJob,
} from '../../client/index.ts';
import { bounded } from '../../client/pause.ts';
import { Complaint } from '../complaint.ts';
import { EXIT } from '../exit-codes.ts';
import { note } from '../note.ts';
import { reasonOf } from '../reason-of.ts';
import type { ChildNews } from '../said/child-news.ts';
import { masking } from '../said/masking.ts';
import { type Flags, type Settings, settingsOf } from '../settings.ts';
import type { Ended, Forwarded } from './child.ts';
import { ToldCounts } from './told-counts.ts';

/** What the command line says of the job. */
export interface JobOptions extends Flags {
  /** A job that is there, to report on; without it there is a new one. */
  job?: string | undefined;
  type?: string | undefined;
  name?: string | undefined;
  total?: number | undefined;
  stage?: string | undefined;
  tags?: string[] | undefined;
  /** How long its end waits for the last reports (ms). */
  patience?: number | undefined;
}

/** How long a command waits for the job that it is told of in its environment (ms). */
const START = 1_000;
const PATIENCE = 10_000;
/** How long a Ctrl-C waits for the job to be cancelled (ms). */
const CANCEL = 3_000;
/** Seconds: the longest that a token to report by may last. */
const TOKEN = 30 * 86_400;
const INTERPRETERS = /^(ba|da|z|k|fi)?sh$|^(node|bun|deno|php|perl|ruby|python[\d.]*)$/;

/** The job of a command. Nothing here throws, or holds the command up for longer than a second. */
export class RunJob {
  readonly #headway: Headway | null;
  readonly #job: WorkerJob | null;
  readonly #patience: number;
  #mask: (text: string) => string;
  /** The id and the address to report by, where they are known in time. */
  #known: { id: string; url: string } | null = null;
  readonly #counts: ToldCounts;

  private constructor(
    headway: Headway | null,
    job: WorkerJob | null,
    options: JobOptions,
    mask = masking(process.env),
  ) {
    this.#headway = headway;
    this.#job = job;
    this.#mask = mask;
    this.#patience = patienceOf(options);
    this.#counts = new ToldCounts(options.total ?? 0, () => (job?.owned === false ? job.reporter.total : 0));
  }

  static async begin(options: JobOptions, command: readonly string[]): Promise<RunJob> {
    try {
      const settings = await settingsOf(options, process.env);
      const mask = masking(process.env, { HEADWAY_API_KEY: settings.apiKey });
      const headway = new Headway({
        ...settings,
        quietAfterMs: Number.POSITIVE_INFINITY,
        patienceMs: patienceOf(options),
        onTrouble: tellOnce(),
      });
      const id = options.job ?? (settings.apiKey.startsWith('hwt_') ? process.env.HEADWAY_JOB_ID : undefined);
      const missed = new AbortController();
      const job =
        id === undefined
          ? headway.begin(newJob(options, command, mask), (error) => {
              if (!missed.signal.aborted) note(`nothing can be reported yet: ${reasonOf(error)}`);
              missed.abort();
            })
          : headway.attach(id);
      const begun = new RunJob(headway, job, options, mask);
      const { stage, total } = options;
      job.report({
        mark_started: true,
        ...(id === undefined || total === undefined ? {} : { total_items: total }),
        ...(stage === undefined ? {} : { stage: mask(stage) }),
      });
      await begun.#whenKnown(headway, job, settings, missed.signal);
      return begun;
    } catch (error) {
      if (!(error instanceof Complaint) && !(error instanceof HeadwayError)) throw error;
      note(`nothing is reported: ${error.message}`);
      return new RunJob(null, null, options);
    }
  }

  /** What the command is told of its job; not of one that we are told of ourselves. */
  environment(own: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
    const { HEADWAY_JOB_ID: _id, HEADWAY_REPORT_URL: _url, ...environment } = own;
    if (this.#known === null) return environment;
    return { ...environment, HEADWAY_JOB_ID: this.#known.id, HEADWAY_REPORT_URL: this.#known.url };
  }

  onCancel(act: () => void): void {
    this.#job?.signal.addEventListener('abort', act);
    if (this.#job?.signal.aborted) act();
  }

  /** The text without the values of secrets: of our environment and the command's, and what we are let in by. */
  mask(text: string): string {
    return this.#mask(text);
  }

  say(told: ChildNews | null): void {
    const { count, message, stage } = told ?? {};
    const report: Report = {
      ...this.#counts.reportOf(count),
      ...(message === undefined ? {} : { message: this.mask(message) }),
      ...(stage === undefined ? {} : { stage: this.mask(stage) }),
    };
    if (Object.keys(report).length > 0) this.#job?.report(report);
  }

  /** The command was never started. */
  async unstarted(by: Forwarded): Promise<number> {
    const code = EXIT.signal + constants.signals[by];
    await this.end({ code, of: by, started: false }, by, () => `ended by ${by} before it began`);
    return code;
  }

  /** The end of the job: done, failed with a reason, or cancelled by who pressed Ctrl-C. */
  async end(ended: Ended, interrupted: Forwarded | null, reason: () => string): Promise<void> {
    const [headway, job] = [this.#headway, this.#job];
    if (headway === null || job === null) return;
    if (ended.of !== null && interrupted === 'SIGINT' && !job.signal.aborted) await cancel(headway, job);
    const isReached = !this.#counts.waits || (await this.#hears(job));
    this.say(null);
    if (ended.of === null) job.complete();
    else job.fail(job.signal.aborted ? job.signal.reason : reason());
    if (isReached) await job.leave();
    else note(`the last reports could not be sent within ${this.#patience / 1_000} s`);
  }

  /** Waits for an answer, by which a share becomes a count; false where patience ended first. */
  async #hears(job: WorkerJob): Promise<boolean> {
    const signal = AbortSignal.timeout(bounded(this.#patience));
    await job.flush({ signal }).catch(() => undefined);
    return !signal.aborted;
  }

  /** Makes known to the command what it can be told at once. */
  async #whenKnown(
    headway: Headway,
    job: WorkerJob,
    { url, apiKey }: Settings,
    missed: AbortSignal,
  ): Promise<void> {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), START);
    const gone = new Promise<void>((resolve) => {
      for (const signal of [missed, late.signal]) signal.addEventListener('abort', () => resolve());
    });
    const known = async () => {
      const id = await job.created;
      const { HEADWAY_JOB_ID, HEADWAY_REPORT_URL } = process.env;
      const given = id === HEADWAY_JOB_ID ? HEADWAY_REPORT_URL : undefined;
      const address = given ?? (await addressToReportBy(headway, url, id, late.signal));
      if (late.signal.aborted) return;
      this.#known = { id, url: address };
      // The address is as good as a key. Nothing that was said before can have held it.
      this.#mask = masking(process.env, this.environment(process.env), { HEADWAY_API_KEY: apiKey });
    };
    await Promise.race([known().catch(() => undefined), gone]);
    clearTimeout(timer);
  }
}

function patienceOf({ patience = PATIENCE }: JobOptions): number {
  return patience;
}

async function addressToReportBy(
  headway: Headway,
  url: string,
  id: string,
  signal: AbortSignal,
): Promise<string> {
  const { token } = await headway.tokens.create(id, { scope: 'report', expires_in: TOKEN }, { signal });
  return `${url.replace(/\/$/, '')}/r/${token}`;
}

/** Cancels it; by a key that may not, or where that takes too long, it will have failed. */
async function cancel(headway: Headway, job: WorkerJob): Promise<void> {
  const signal = AbortSignal.timeout(CANCEL);
  try {
    await job.flush({ signal });
    await headway.cancel(await job.created, { reason: 'Ctrl-C', signal });
  } catch {
    // Its end says that it was interrupted.
  }
}

function newJob(
  { type = 'command', name, total = 0, tags = [] }: JobOptions,
  command: readonly string[],
  mask: (text: string) => string,
): NewJob {
  return {
    job_type: mask(type),
    name: mask(name ?? nameOf(command)),
    total_items: total,
    ...(tags.length === 0 ? {} : { tags: tags.map(mask) }),
  };
}

/** The program, and the script that it runs: what else is on a command line may be nobody’s business. */
function nameOf([file = '', ...args]: readonly string[]): string {
  const program = basename(file) || 'command';
  const [script] = args;
  return INTERPRETERS.test(program) && script !== undefined && !script.startsWith('-')
    ? `${program} ${basename(script)}`
    : program;
}

/** Trouble with reporting is told once of each kind. That a command has ended its job itself is none. */
function tellOnce(): (trouble: Trouble) => void {
  const told = new Set<Trouble['kind']>();
  return ({ kind, message, error }) => {
    if (told.has(kind) || error?.code === 'job_terminal') return;
    told.add(kind);
    note(message);
  };
}
