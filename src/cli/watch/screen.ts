import type { WriteStream } from 'node:tty';
import { note } from '../note.ts';
import { fitted } from '../terminal/fitted.ts';
import { dim, type Look } from '../terminal/look.ts';
import { Board } from './board.ts';
import { lastLine, layOut } from './layout.ts';
import { shownOf, type Watched } from './shown.ts';
import { TerminalBar } from './terminal-bar.ts';

/** Where what is watched is shown. */
export interface Screen {
  show(watched: Watched): void;
  /** A job has ended: its last state, once. */
  last(watched: Watched): void;
  /** What is to be known beside the jobs themselves. */
  say(message: string): void;
  end(): void;
}

/** How often it is drawn (ms). */
const FRAME = 120;

/** Live bars in a terminal; those of jobs that have ended stay above. */
export class LiveScreen implements Screen {
  readonly #board: Board;
  readonly #bar: TerminalBar;
  readonly #look: Look;
  readonly #open = new Map<string, Watched>();
  readonly #ended: Watched[] = [];
  readonly #timer: NodeJS.Timeout;
  #above: string[] = [];
  #frame = 0;

  constructor(terminal: WriteStream, look: Look, environment: Record<string, string | undefined>) {
    this.#board = new Board(terminal);
    this.#bar = new TerminalBar(terminal, environment);
    this.#look = look;
    this.#timer = setInterval(() => this.#draw(), FRAME);
  }

  show(watched: Watched): void {
    this.#open.set(watched.id, watched);
  }

  last(watched: Watched): void {
    this.#open.delete(watched.id);
    this.#ended.push(watched);
    const shown = shownOf(watched, Date.now());
    this.#above.push(lastLine(shown, { columns: this.#board.columns - 1, look: this.#look }));
    this.#draw();
  }

  say(message: string): void {
    this.#above.push(dim(this.#look, fitted(`· ${message}`, this.#board.columns - 1)));
  }

  end(): void {
    clearInterval(this.#timer);
    this.#draw();
    this.#bar.end();
    this.#board.end();
  }

  #draw(): void {
    const now = Date.now();
    const jobs = [...this.#open.values()].map((watched) => shownOf(watched, now));
    const { columns, rows } = this.#board;
    this.#frame += 1;
    // The last column is left free: some terminals break a line that fills it.
    const room = { columns: columns - 1, rows: rows - 1, look: this.#look, frame: this.#frame };
    this.#board.draw(layOut(jobs, room), this.#above);
    this.#above = [];
    this.#bar.show([...this.#ended.map((watched) => shownOf(watched, now)), ...jobs]);
  }
}

/** The least between two lines of a job that tell no other status or stage (ms). */
const PAUSE = 1_000;

/** Lines, where there is no terminal: one when something has changed, and one last one a job. */
export class LineScreen implements Screen {
  readonly #write: (line: string) => void;
  readonly #jobs = new Map<
    string,
    { said: string; state: string; at: number; timer?: NodeJS.Timeout | undefined }
  >();

  constructor(write: (line: string) => void) {
    this.#write = write;
  }

  show(watched: Watched): void {
    if (watched.job === null) {
      this.say(awaited(watched));
      return;
    }
    const known = this.#jobs.get(watched.id);
    const state = `${watched.job.status} ${watched.job.stage} ${watched.job.health}`;
    const wait = known === undefined || known.state !== state ? 0 : known.at + PAUSE - Date.now();
    clearTimeout(known?.timer);
    if (wait <= 0) this.#say(watched, state);
    else if (known !== undefined) known.timer = setTimeout(() => this.#say(watched, state), wait);
  }

  last(watched: Watched): void {
    clearTimeout(this.#jobs.get(watched.id)?.timer);
    this.#jobs.delete(watched.id);
    this.#write(lineOf(watched));
  }

  say(message: string): void {
    note(message);
  }

  end(): void {
    for (const { timer } of this.#jobs.values()) clearTimeout(timer);
  }

  #say(watched: Watched, state: string): void {
    const line = lineOf(watched);
    // What is left and how fast it goes change by themselves.
    const said = lineOf(watched, true);
    const known = this.#jobs.get(watched.id);
    if (known?.said === said) return;
    this.#jobs.set(watched.id, { said, state, at: Date.now() });
    this.#write(line);
  }
}

function awaited({ id }: Watched): string {
  return `${id} is not there yet, and is waited for`;
}

function lineOf(watched: Watched, isSteady = false): string {
  const { name, percent, count, rate, time, words, hasEnded } = shownOf(
    { ...watched, isLost: false },
    Date.now(),
  );
  const moving = isSteady ? [] : [rate, hasEnded || rate === '' || time === '' ? time : `${time} left`];
  return [watched.id, name, percent, count, ...moving, words].filter((part) => part !== '').join('  ');
}

/** Each state as a line of JSON, for programs. */
export class JsonScreen implements Screen {
  readonly #write: (line: string) => void;

  constructor(write: (line: string) => void) {
    this.#write = write;
  }

  show(watched: Watched): void {
    if (watched.job === null) this.say(awaited(watched));
    else this.#write(JSON.stringify(watched.job));
  }

  last(watched: Watched): void {
    this.show(watched);
  }

  say(message: string): void {
    note(message);
  }

  end(): void {}
}
