/** Receivers of webhooks, in place of the internet: the test's own `fetch`. */
import { vi } from 'vitest';
import { isSigned } from './standard-webhooks';

/** A request as a receiver got it. */
export interface Received {
  url: string;
  headers: Headers;
  body: string;
  /** The body as JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever came
  json: any;
  /** The receiver's time. */
  at: number;
}

type Answer = (request: Received, count: number) => Response | Promise<Response>;

const receivers = new Map<string, Receiver>();

/**
 * One receiver on a host of its own, `https://<name>.example`. The first `endpoint.test` it answers by itself, so that its
 * endpoint is sent events: what comes after that is received.
 */
export class Receiver {
  readonly url: string;
  readonly received: Received[] = [];
  /** The tests that it has answered by itself. */
  readonly tests: Received[] = [];
  /** Whether it does so. */
  willing = true;
  answer: Answer;
  /** Requests that are being answered now, and the most there ever were. */
  under = 0;
  most = 0;

  constructor(answer: Answer = () => new Response(null, { status: 204 })) {
    const host = `r-${crypto.randomUUID()}.example`;
    this.url = `https://${host}/hook`;
    this.answer = answer;
    receivers.set(host, this);
  }

  /** Whether this is the test that is answered unasked. */
  greets({ headers }: Received): boolean {
    const test = headers.get('webhook-id')?.endsWith('.endpoint.test') === true;
    return this.willing && test && this.tests.length === 0;
  }

  get ids(): string[] {
    return this.received.map(({ headers }) => headers.get('webhook-id') ?? '');
  }

  get types(): string[] {
    return this.received.map(({ json }) => json.type);
  }

  /** Whether all that came is signed with `secret`. */
  signedBy(secret: string): boolean {
    return this.received.length > 0 && this.received.every((one) => isSigned(secret, one, one.at));
  }
}

/** Lets deliveries reach the receivers; what the test runner itself asks for passes. */
export function openReceivers(): void {
  const { fetch } = globalThis;
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const receiver = typeof input === 'string' ? receivers.get(new URL(input).hostname) : undefined;
    if (receiver === undefined) return fetch(input as RequestInfo, init as RequestInit);
    const request = new Request(input as RequestInfo, init as RequestInit);
    if (request.redirect !== 'manual') throw new TypeError('would follow redirects');
    const body = await request.text();
    const received = {
      url: request.url,
      headers: request.headers,
      body,
      json: body.startsWith('{') ? JSON.parse(body) : null,
      at: Date.now(),
    };
    if (receiver.greets(received)) {
      receiver.tests.push(received);
      return new Response(null, { status: 204 });
    }
    receiver.received.push(received);
    receiver.under += 1;
    receiver.most = Math.max(receiver.most, receiver.under);
    try {
      return await answerOrAbort(receiver.answer(received, receiver.received.length), request.signal);
    } finally {
      receiver.under -= 1;
    }
  });
}

function answerOrAbort(answer: Response | Promise<Response>, signal: AbortSignal): Promise<Response> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    Promise.resolve(answer).then(resolve, reject);
  });
}

/** Waits until `condition` holds; fails after fifteen seconds, on a clock that no test moves. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const late = performance.now() + 15_000;
  while (!(await condition())) {
    if (performance.now() > late) throw new Error('what was waited for did not come');
    await scheduler.wait(5);
  }
}
