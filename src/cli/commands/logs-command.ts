import type { Headway, Schemas } from '../../client/index.ts';
import { command } from '../command.ts';
import { connect } from '../connect.ts';
import { EXIT } from '../exit-codes.ts';
import { untilInterrupted } from '../interrupted.ts';
import { print, stdoutLook } from '../output.ts';
import type { Flags } from '../settings.ts';
import { clean } from '../terminal/fitted.ts';
import { dim, paint } from '../terminal/look.ts';

interface Options extends Flags {
  follow?: boolean;
  level?: 'info' | 'warn' | 'error';
  output?: 'jsonl';
}

type Page = Schemas['LogPage'];
type Line = Page['logs'][number];

const LIMIT = 100;
const TONES = { info: 'quiet', warn: 'warning', error: 'bad' } as const;

export const LOGS = command<Options>({
  name: 'logs',
  args: '<id>',
  about: 'print the log of a job: its lines, errors, warnings and events',
  options: [
    { flags: '-f, --follow', about: 'go on until the job has ended' },
    { flags: '--level <level>', about: 'of this level alone', choices: ['info', 'warn', 'error'] },
    { flags: '-o, --output <form>', about: 'a line of JSON each', choices: ['jsonl'] },
  ],
  async act([id = ''], { follow = false, level, output, ...flags }) {
    const headway = await connect(flags);
    const reader = new LogReader(
      headway,
      id,
      level,
      output === 'jsonl' ? (line) => print(JSON.stringify(line)) : show,
    );
    return untilInterrupted(async (signal) => {
      await reader.readOn(signal);
      if (!follow) return EXIT.ok;
      for await (const _ of headway.watch(id, { signal })) await reader.readOn(signal);
      await reader.readOn(signal);
      return EXIT.ok;
    });
  },
});

/** Reads the log of a job from where it stopped. */
class LogReader {
  readonly #headway: Headway;
  readonly #path: string;
  readonly #see: (line: Line) => void;
  /** The cursor of the last page; what of it was seen is before `#last`. */
  #cursor: string | null = null;
  #last: Pick<Line, 'revision' | 'k'> = { revision: -1, k: -1 };

  constructor(headway: Headway, id: string, level: string | undefined, see: (line: Line) => void) {
    this.#headway = headway;
    this.#path = `/api/jobs/${encodeURIComponent(id)}/logs?limit=${LIMIT}${level === undefined ? '' : `&level=${level}`}`;
    this.#see = see;
  }

  async readOn(signal: AbortSignal): Promise<void> {
    for (;;) {
      const page = await this.#page(signal);
      for (const line of page.logs) {
        const { revision, k } = line;
        if (revision < this.#last.revision || (revision === this.#last.revision && k <= this.#last.k))
          continue;
        this.#last = { revision, k };
        this.#see(line);
      }
      if (page.next_cursor === null) return;
      this.#cursor = page.next_cursor;
    }
  }

  #page(signal: AbortSignal): Promise<Page> {
    const from = this.#cursor === null ? '' : `&cursor=${encodeURIComponent(this.#cursor)}`;
    return this.#headway.ask<Page>('GET', this.#path + from, undefined, { signal });
  }
}

function show({ timestamp, level, kind, message }: Line): void {
  const { look } = stdoutLook();
  const word = kind === 'log' ? level : kind;
  print(`${dim(look, timestamp)}  ${paint(look, TONES[level], word.padEnd(7))}  ${clean(message)}`);
}
