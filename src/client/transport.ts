import { HeadwayError, jsonOf } from './headway-error.ts';
import { letGo, random } from './host.ts';
import { bounded, eitherSignal, pauseBefore, sleep } from './pause.ts';
import { type Request, Service, type ServiceOptions } from './service.ts';

/** A request whose answer is read. */
export interface AnsweredRequest extends Request {
  /** How long one try may take beyond the usual (ms), since its answer may be waited for. */
  waits?: number | undefined;
}

/** Tries that are under way and that nobody waits for. */
export const looseTries = new Set<AbortController>();

export interface TransportOptions extends ServiceOptions {
  /** How long one try may take (ms), and all tries together. */
  tryMs?: number | undefined;
  totalMs?: number | undefined;
}

/** Sends requests, and again while that may help. */
export class Transport extends Service {
  /** Requests go by the host’s own fetch. */
  readonly isPlain: boolean;
  readonly #tryMs: number;
  readonly #totalMs: number;

  constructor({ tryMs = 15_000, totalMs = 60_000, ...options }: TransportOptions) {
    super(options);
    this.isPlain = options.fetch === undefined;
    this.#tryMs = tryMs;
    this.#totalMs = totalMs;
  }

  /** Sends JSON and answers JSON, trying again while that may help; of a POST without a key only what was refused for now. */
  async ask<Answer>(
    request: Omit<AnsweredRequest, 'text'> & { body?: unknown; keyed?: boolean },
  ): Promise<Answer> {
    const { body, keyed, waits = 0, signal, ...rest } = request;
    const headers = { ...rest.headers, ...(keyed ? { 'Idempotency-Key': random() + random() } : {}) };
    const sent = { ...rest, headers, signal, text: body === undefined ? undefined : JSON.stringify(body) };
    const repeatable = keyed || request.method !== 'POST';
    const end = Date.now() + this.#totalMs + waits;
    for (let tried = 1, lost = false; ; tried++) {
      try {
        return await this.attempt(sent, Math.min(this.#tryMs + waits, end - Date.now()));
      } catch (thrown) {
        signal?.throwIfAborted();
        const error = thrown as HeadwayError;
        // An earlier try, whose answer was lost, has removed what is no longer there.
        if (lost && request.method === 'DELETE' && error.refusal.status === 404) return null as Answer;
        const isBusy = [429, 503].includes(error.status);
        if (!error.passing || !(repeatable || isBusy)) throw error;
        lost ||= !isBusy;
        const pause = pauseBefore(tried, error.retryAfter);
        if (Date.now() + pause > end) throw error;
        await sleep(pause, signal);
      }
    }
  }

  /** Sends once, and answers the JSON of what is no refusal, null for a 204; any other end is a `HeadwayError`. */
  async attempt<Answer>(request: AnsweredRequest, mostMs?: number): Promise<Answer> {
    const { signal, text } = request;
    const json = text === undefined ? {} : { 'Content-Type': 'application/json' };
    const headers = { ...json, ...request.headers };
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), bounded(mostMs ?? this.#tryMs));
    // What holds the process is the request.
    letGo(timer);
    if (mostMs === undefined) looseTries.add(limit);
    try {
      const response = await this.open({ ...request, headers }, eitherSignal(limit.signal, signal));
      const { status } = response;
      const said = await response.text();
      const answer = status === 204 ? null : jsonOf(said);
      if (answer !== undefined) return answer as Answer;
      throw new HeadwayError('unexpected', `${status} ${said.slice(0, 200)}`, { status });
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof HeadwayError) throw error;
      const code = limit.signal.aborted ? 'timeout' : 'network';
      const said = (error as Error | null)?.message ?? error;
      const about = { passing: true, cause: error };
      throw new HeadwayError(code, `${request.method} ${request.path}: ${code}: ${said}`, about);
    } finally {
      clearTimeout(timer);
      looseTries.delete(limit);
    }
  }
}
