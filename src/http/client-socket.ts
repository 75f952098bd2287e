import type { RejectionCode } from '../domain/rejection';
import type { Ending } from '../services/follow';
import type { Frame } from './event-stream';

/** Why a client's socket was closed. 4401: its credential is gone. 1013: come back, and say from where. */
const CLOSE_CODES: Record<Ending, number> = { ended: 1000, revoked: 4401, lost: 1013 };
/** The largest frame that a client may send (bytes). */
export const FRAME_LIMIT = 262_144;

/** The text of a frame: `type` and what else it holds. */
export function socketText(type: string, data = '{}'): string {
  return data === '{}' ? `{"type":"${type}"}` : `{"type":"${type}",${data.slice(1)}`;
}

export function errorText(code: RejectionCode, detail: string): string {
  return socketText('error', JSON.stringify({ code, detail }));
}

/**
 * A client's WebSocket, which ends here: it is sent what an event stream would hold, null as a ping. What it sends is
 * answered by `answer`. `stop` is called once it has gone.
 */
export function clientSocket(
  deliveries: AsyncIterator<Frame[] | null, Ending>,
  answer: (data: unknown) => string | null,
  stop: () => void,
): WebSocket {
  const { 0: theirs, 1: ours } = new WebSocketPair();
  ours.accept();
  let gone = false;
  const leave = () => {
    gone = true;
    stop();
  };
  ours.addEventListener('close', leave);
  ours.addEventListener('error', leave);
  ours.addEventListener('message', ({ data }) => {
    const text = answer(data);
    if (text !== null && !gone) ours.send(text);
  });
  void relay(deliveries, ours, () => gone);
  return theirs;
}

async function relay(
  deliveries: AsyncIterator<Frame[] | null, Ending>,
  socket: WebSocket,
  gone: () => boolean,
): Promise<void> {
  try {
    for (;;) {
      const { done, value } = await deliveries.next();
      if (gone()) return;
      if (done) return socket.close(CLOSE_CODES[value], value);
      if (value === null) socket.send(socketText('ping'));
      else for (const { event, data } of value) socket.send(socketText(event, data));
    }
  } catch (cause) {
    console.error(JSON.stringify({ level: 'error', event: 'socket_failed', cause: String(cause) }));
    if (!gone()) socket.close(1011, 'failed');
  }
}
