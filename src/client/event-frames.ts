/** One event of a stream, or a move of the place alone: then `data` is empty. */
export interface StreamEvent {
  event: string;
  data: string;
  /** The last id that was told, this event’s where it has one; empty where none was. */
  id: string;
}

/** What a reader of bytes gets at a time. */
export interface Piece {
  done: boolean;
  value?: Uint8Array | undefined;
}

export interface StreamEars {
  /** Reads on; what comes from the connection. */
  read(): Promise<Piece>;
  /** The stream asks its readers to wait so long before they come back (ms). */
  retry(ms: number): void;
}

/** The events of a stream (the HTML standard, 9.2.6), and its moves of the place. */
export async function* eventFrames({ read, retry }: StreamEars): AsyncGenerator<StreamEvent, void, void> {
  const decoder = new TextDecoder();
  const told = { event: '', data: [] as string[], moved: false };
  let [text, id, ended] = ['', '', false];
  while (!ended) {
    const { done, value } = await read();
    ended = done;
    text += decoder.decode(value, { stream: true });
    for (;;) {
      const end = text.search(/[\r\n]/);
      // A carriage return at the end of what came may be half of a line break.
      if (end < 0 || (text[end] === '\r' && end === text.length - 1 && !ended)) break;
      const line = text.slice(0, end);
      text = text.slice(end + (text.startsWith('\r\n', end) ? 2 : 1));
      if (line === '') {
        if (told.data.length > 0 || told.moved) {
          yield { event: told.event || 'message', data: told.data.join('\n'), id };
        }
        Object.assign(told, { event: '', data: [], moved: false });
        continue;
      }
      const [name = '', ...rest] = line.split(':');
      const said = rest.join(':').replace(/^ /, '');
      if (name === 'event') told.event = said;
      else if (name === 'data') told.data.push(said);
      else if (name === 'retry' && /^\d+$/.test(said)) retry(Number(said));
      else if (name === 'id' && !said.includes('\0')) {
        id = said;
        told.moved = true;
      }
    }
  }
}
