/** What happens, line by line: when, who, what. */
import { styleText } from 'node:util';

type Colour = Parameters<typeof styleText>[0];

const ACTORS = {
  partner: 'magenta',
  Headway: 'cyan',
  worker: 'yellow',
  buyer: 'green',
} as const satisfies Record<string, Colour>;
export type Actor = keyof typeof ACTORS;

/** Where details begin, behind what happens. */
const DETAIL = 44;
const WIDEST = Math.max(...Object.keys(ACTORS).map((name) => name.length));

/** Tells a story on a terminal, or in a file without colours. Times are milliseconds since it began. */
export class Story {
  readonly #began = performance.now();
  readonly #out: NodeJS.WritableStream;

  constructor(out: NodeJS.WritableStream) {
    this.#out = out;
  }

  tell(actor: Actor, what: string, detail = ''): void {
    const time = `${this.#elapsed().toFixed(0)} ms`.padStart(9);
    const who = this.#paint(ACTORS[actor], actor.padEnd(WIDEST));
    const said = detail === '' ? what : `${what.padEnd(DETAIL)}  ${this.#paint('dim', detail)}`;
    this.#line(`${this.#paint('dim', time)}  ${who}  ${said}`);
  }

  end(what: string): void {
    this.#line(`\n${this.#paint('bold', what)} in ${(this.#elapsed() / 1_000).toFixed(1)} s`);
  }

  #elapsed(): number {
    return performance.now() - this.#began;
  }

  #line(text: string): void {
    this.#out.write(`${text}\n`);
  }

  #paint(colour: Colour, text: string): string {
    return styleText(colour, text, { stream: this.#out as NodeJS.WriteStream });
  }
}
