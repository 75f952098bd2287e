/**
 * An event stream read by a grammar far narrower than the HTML standard's: what this service writes and nothing else.
 * Whatever a job's texts hold, none of it may look like framing. It knows bytes alone, in any runtime.
 */
export interface StrictFrame {
  event: string;
  /** As it was written; null where the frame has none. */
  id: string | null;
  // biome-ignore lint/suspicious/noExplicitAny: a body as it came
  data: any;
}

const LF = 0x0a;
const CR = 0x0d;
const FRAME = /^event: (snapshot|update|resync|end)\n(?:id: (\d+)\n)?data: (\{[^\n]*\})$/;
/** These alone move a reader's position. */
const BEARS_ID: ReadonlySet<string> = new Set(['snapshot', 'update']);

export class StrictFrames {
  /** Complete frames, in order. */
  readonly frames: StrictFrame[] = [];
  comments = 0;
  retry: number | null = null;
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  #text = '';

  /** Takes the next bytes and answers the frames that they complete; throws on anything that is not in the grammar. */
  feed(bytes: Uint8Array): StrictFrame[] {
    if (bytes.includes(CR) || bytes.includes(0)) throw new Error('a CR or a NUL in the stream');
    this.#text += this.#decoder.decode(bytes, { stream: true });
    // Only bytes with a line break can complete anything.
    if (!bytes.includes(LF)) return [];
    const blocks = this.#text.split('\n\n');
    this.#text = blocks.pop() ?? '';
    const frames = blocks.flatMap((block) => this.#read(block) ?? []);
    this.frames.push(...frames);
    return frames;
  }

  /** Whether the bytes so far end in the middle of a frame: of a stream that was cut, what is left counts for nothing. */
  get inFrame(): boolean {
    return this.#text !== '';
  }

  #read(block: string): StrictFrame | null {
    const retry = /^retry: (\d+)$/.exec(block)?.[1];
    if (retry !== undefined) {
      this.retry = Number(retry);
      return null;
    }
    if (/^:[^\n]*$/.test(block)) {
      this.comments += 1;
      return null;
    }
    const [, event, id, data] = FRAME.exec(block) ?? [];
    if (event === undefined || data === undefined) throw new Error(`no frame: ${JSON.stringify(block)}`);
    if (BEARS_ID.has(event) !== (id !== undefined)) throw new Error(`a frame ${event} with id ${id}`);
    return { event, id: id ?? null, data: JSON.parse(data) };
  }
}
