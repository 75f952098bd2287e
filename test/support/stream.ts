/** A reader of event streams, written from the HTML standard's section on parsing them. It knows HTTP alone. */
import { exports } from 'cloudflare:workers';
import { type Client, ORIGIN } from './client';

export interface StreamFrame {
  event: string;
  /** The reader's last event id when the frame came. */
  id: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever came
  data: any;
}

export class StreamReader {
  readonly response: Response;
  /** What has come as comments. */
  readonly comments: string[] = [];
  retry: number | null = null;
  lastEventId = '';
  readonly #reader: ReadableStreamDefaultReader<string> | null;
  readonly #frames: StreamFrame[] = [];
  #text = '';
  #ended = false;

  constructor(response: Response) {
    this.response = response;
    this.#reader = response.body?.pipeThrough(new TextDecoderStream()).getReader() ?? null;
  }

  /** The next frame; null at the end of the stream. */
  async next(): Promise<StreamFrame | null> {
    while (this.#frames.length === 0 && !this.#ended) await this.#read();
    return this.#frames.shift() ?? null;
  }

  /** The frames up to the first that `isLast`, or up to the end of the stream. */
  async until(isLast: (frame: StreamFrame) => boolean): Promise<StreamFrame[]> {
    const frames: StreamFrame[] = [];
    for (;;) {
      const frame = await this.next();
      if (frame === null) return frames;
      frames.push(frame);
      if (isLast(frame)) return frames;
    }
  }

  async close(): Promise<void> {
    this.#ended = true;
    await this.#reader?.cancel();
  }

  /** Reads on, for what is no frame. */
  async #read(): Promise<void> {
    const { done, value } = (await this.#reader?.read()) ?? { done: true, value: undefined };
    if (done) this.#ended = true;
    else this.#text += value;
    const blocks = this.#text.split('\n\n');
    this.#text = blocks.pop() ?? '';
    for (const block of blocks) this.#block(block);
  }

  #block(block: string): void {
    let event = 'message';
    const data: string[] = [];
    for (const line of block.split('\n')) {
      const [, field = '', value = ''] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
      if (line.startsWith(':')) this.comments.push(line.slice(1));
      else if (field === 'event') event = value;
      else if (field === 'data') data.push(value);
      else if (field === 'id' && !value.includes('\0')) this.lastEventId = value;
      else if (field === 'retry' && /^\d+$/.test(value)) this.retry = Number(value);
    }
    if (data.length > 0)
      this.#frames.push({ event, id: this.lastEventId, data: JSON.parse(data.join('\n')) });
  }
}

/** Opens the stream of a job, from `from` on where it is given. */
export async function openStream(
  client: Client,
  jobId: string,
  from: { after?: string | number; lastEventId?: string } = {},
): Promise<StreamReader> {
  const headers = new Headers({ Authorization: `Bearer ${client.key}`, Accept: 'text/event-stream' });
  if (from.lastEventId !== undefined) headers.set('Last-Event-ID', from.lastEventId);
  const query = from.after === undefined ? '' : `?after=${from.after}`;
  const request = new Request(`${ORIGIN}/api/jobs/${jobId}/stream${query}`, { headers });
  return new StreamReader(await exports.default.fetch(request));
}
