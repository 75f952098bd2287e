import { log } from '../log';
import { Silence } from './silence';

/** How long a reader may take nothing of what is there for it (ms). */
const PATIENCE = 60_000;
const encoder = new TextEncoder();

/**
 * A body of unknown length that reads `parts` no faster than it is read itself. Where they throw, or the reader takes
 * nothing for `patience` ms, the connection breaks off, so that no part is taken for the whole. `close` is called once, at the
 * end or when the reader has gone.
 */
export function download(
  parts: AsyncIterator<string, unknown>,
  close: () => void,
  patience = PATIENCE,
): ReadableStream<Uint8Array> {
  let silence: Silence | null = null;
  let gone = false;
  /** While it is asked for more, the reader has taken all there was. */
  let asked = false;
  const leave = () => {
    if (gone) return;
    gone = true;
    silence?.end();
    close();
  };
  type Controller = ReadableStreamDefaultController<Uint8Array>;
  const breakOff = (controller: Controller, cause: unknown) => {
    if (gone) return;
    log('warn', 'download_broken_off', { cause });
    leave();
    controller.error(cause);
  };
  const listen = (controller: Controller) => {
    silence = new Silence(patience, () => {
      if (asked) listen(controller);
      else breakOff(controller, new Error('nobody reads'));
    });
  };
  return new ReadableStream(
    {
      start: listen,
      async pull(controller) {
        asked = true;
        try {
          const { done, value } = await parts.next();
          if (gone) return;
          if (!done) return controller.enqueue(encoder.encode(value));
          leave();
          controller.close();
        } catch (cause) {
          breakOff(controller, cause);
        } finally {
          asked = false;
          silence?.heard();
        }
      },
      cancel: leave,
    },
    { highWaterMark: 0 },
  );
}
