import { RunningText } from '../../domain/line/running-text';
import { asSeen } from '../../domain/line/terminal-text';
import type { ChildNews } from './child-news.ts';
import type { LinePattern } from './line-pattern.ts';
import { MarkedLines } from './marked-lines.ts';
import { TerminalProgress } from './terminal-progress.ts';

export type Output = 'stdout' | 'stderr';

export interface Parsing {
  /** The pattern of `--parse`: then no other line is taken for a count. */
  pattern: LinePattern | null;
  /** Counts are looked for in lines that were written for people. */
  guess: boolean;
}

/** How sure it is that a count is meant as one: one that is surer silences the rest from then on. */
const SURE = { guessed: 0, terminal: 1, meant: 2 };

/** What a program says of its progress on its two outputs, whichever way. */
export class ChildProgress {
  readonly #guess: boolean;
  readonly #outputs: Record<Output, OutputText>;
  #last: Output = 'stdout';
  #countedBy = SURE.guessed;
  #wordsBy = SURE.guessed;

  constructor({ pattern, guess }: Parsing) {
    this.#guess = guess && pattern === null;
    this.#outputs = { stdout: new OutputText(pattern), stderr: new OutputText(pattern) };
  }

  /** The text without the lines that are meant for us alone. */
  take(output: Output, piece: string): string {
    this.#last = output;
    return this.#outputs[output].take(piece);
  }

  /** No more comes; what was held back of an output. */
  end(output: Output): string {
    return this.#outputs[output].end();
  }

  /** What is said that was not told before; null where there is nothing. The output that spoke last wins. */
  news(): ChildNews | null {
    const news: ChildNews = {};
    const order: Output[] = this.#last === 'stdout' ? ['stderr', 'stdout'] : ['stdout', 'stderr'];
    for (const output of order) {
      const { meant, terminal, guessed } = this.#outputs[output].news();
      this.#add(news, guessed, SURE.guessed);
      this.#add(news, terminal, SURE.terminal);
      this.#add(news, meant, SURE.meant);
    }
    return Object.keys(news).length === 0 ? null : news;
  }

  #add(news: ChildNews, { count, message, stage }: ChildNews, by: number): void {
    const counts = by > SURE.guessed || this.#guess;
    if (count !== undefined && counts && by >= this.#countedBy) {
      this.#countedBy = by;
      news.count = count;
    }
    if (message !== undefined && by >= this.#wordsBy) {
      this.#wordsBy = by;
      news.message = message;
    }
    if (stage !== undefined) news.stage = stage;
  }
}

/** One output of a program. */
class OutputText {
  readonly #marked = new MarkedLines();
  readonly #terminal = new TerminalProgress();
  readonly #running = new RunningText('items');
  readonly #pattern: LinePattern | null;
  #read: ChildNews = {};
  #open = '';

  constructor(pattern: LinePattern | null) {
    this.#pattern = pattern;
  }

  take(piece: string): string {
    this.#terminal.take(piece);
    const text = this.#marked.take(piece);
    this.#see(text);
    return text;
  }

  end(): string {
    const text = this.#marked.end();
    this.#see(`${text}\n`);
    this.#running.end();
    return text;
  }

  news(): { meant: ChildNews; terminal: ChildNews; guessed: ChildNews } {
    const count = this.#terminal.news();
    const meant = { ...this.#read, ...this.#marked.news() };
    this.#read = {};
    const guessed = this.#running.news() ?? {};
    this.#running.tell();
    return { meant, terminal: count === undefined ? {} : { count }, guessed };
  }

  #see(text: string): void {
    this.#running.take(text);
    if (this.#pattern === null) return;
    const lines = (this.#open + text).split(/[\r\n]/);
    this.#open = (lines.pop() ?? '').slice(-8_192);
    for (const line of lines) {
      if (line !== '') this.#read = { ...this.#read, ...this.#pattern.read(asSeen(line)) };
    }
  }
}
