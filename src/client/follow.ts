import { eventFrames, type StreamEvent } from './event-frames.ts';
import { HeadwayError, isAway } from './headway-error.ts';
import { eitherSignal, pauseBefore, sleep } from './pause.ts';
import type { Query, Service } from './service.ts';

/** The service tells something every 15 s, if only that it is there: longer silence than this is a dead line (ms). */
const SILENCE = 40_000;

export interface Follow {
  service: Service;
  path: string;
  query?: Query;
  signal?: AbortSignal | undefined;
  /** Hears whether the stream stands: once it does, and again when it is broken. */
  told?: ((connected: boolean) => void) | undefined;
}

/**
 * The events of a stream for as long as there are any: comes back by the last id after every break, and at once where the
 * browser says that it is back. Ends with a 204; a refusal that stands is thrown.
 */
export async function* follow({
  service,
  path,
  query,
  signal,
  told,
}: Follow): AsyncGenerator<StreamEvent, void, void> {
  let [id, failures, retry] = ['', 0, null as number | null];
  // What is under way: a connection, or the pause before the next.
  let phase = new AbortController();
  const over = new AbortController();
  onReturn(() => phase.abort(), over.signal);
  const soon = <Value>(coming: Promise<Value>): Promise<Value> => {
    const timer = setTimeout(() => phase.abort(), SILENCE);
    return coming.finally(() => clearTimeout(timer));
  };
  try {
    for (;;) {
      phase = new AbortController();
      retry = null;
      try {
        const headers = { Accept: 'text/event-stream', ...(id === '' ? {} : { 'Last-Event-ID': id }) };
        const request = { method: 'GET', path, query, headers } as const;
        const {
          status,
          headers: answered,
          body,
        } = await soon(service.open(request, eitherSignal(phase.signal, signal)));
        if (status === 204) return;
        const type = answered.get('Content-Type');
        if (!type?.startsWith('text/event-stream') || body === null) {
          throw new HeadwayError('unexpected', `${path} answered ${status} ${type}, no stream`, { status });
        }
        told?.(true);
        const reader = body.getReader();
        const ears = {
          read: () => soon(reader.read()),
          retry: (ms: number) => {
            retry = ms;
          },
        };
        for await (const event of eventFrames(ears)) {
          [failures, retry, id] = [0, null, event.id || id];
          yield { ...event, id };
        }
      } catch (error) {
        signal?.throwIfAborted();
        if (error instanceof HeadwayError) {
          // What answers in the place of a service that was there is no refusal.
          if (id === '' ? !error.passing : !isAway(error)) throw error;
          retry = error.retryAfter;
        }
      } finally {
        phase.abort();
      }
      told?.(false);
      phase = new AbortController();
      await sleep(pauseBefore(++failures, retry), eitherSignal(phase.signal, signal)).catch(() => undefined);
      signal?.throwIfAborted();
    }
  } finally {
    over.abort();
  }
}

/** Calls `act` when a browser is online again, or shows a page that it had put away, until the signal ends that. */
function onReturn(act: () => void, signal: AbortSignal): void {
  const page = globalThis as unknown as Partial<EventTarget>;
  page.addEventListener?.('online', act, { signal });
  page.addEventListener?.('pageshow', (event) => (event as { persisted?: boolean }).persisted && act(), {
    signal,
  });
}
