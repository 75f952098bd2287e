/** A service that answers as a test says, and keeps what it was asked. */
import { mock } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';

export interface Asked {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever was sent
  body: any;
  text: string;
}

type Answer = Response | Error | Promise<Response>;

export class FakeService {
  readonly asked: Asked[] = [];
  #answer: (asked: Asked) => Answer;

  constructor(answer: (asked: Asked) => Answer) {
    this.#answer = answer;
  }

  answerBy(answer: (asked: Asked) => Answer): void {
    this.#answer = answer;
  }

  readonly fetch: typeof fetch = async (input, init = {}) => {
    const { pathname, searchParams } = new URL(String(input));
    const text = typeof init.body === 'string' ? init.body : '';
    const asked: Asked = {
      ...{ method: init.method ?? 'GET', path: pathname, query: searchParams, text },
      headers: new Headers(init.headers as Record<string, string>),
      body: text === '' ? undefined : JSON.parse(text),
    };
    this.asked.push(asked);
    const answer = this.#answer(asked);
    if (answer instanceof Error) throw answer;
    return answer;
  };

  get last(): Asked {
    const last = this.asked.at(-1);
    if (last === undefined) throw new Error('nothing was asked');
    return last;
  }
}

export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'Content-Type': 'application/json', ...headers },
  });
}

/** A refusal as the service writes it. */
export function refusal(status: number, code: string, more: object = {}, headers = {}): Response {
  const problem = { type: 'about:blank', title: code, status, detail: code, code, request_id: 'r1', ...more };
  return json(problem, status, headers);
}

export function control(next_report_in_seconds = 15, cancel: object | null = null) {
  return { cancel, next_report_in_seconds };
}

/** Takes every report and heartbeat. */
export function takes({ path, body }: Asked): Response {
  if (path.endsWith('/heartbeat')) return json({ status: 'in_progress', revision: 1, control: control() });
  const verdicts = (body.reports as unknown[]).map(() => ({ applied: true, revision: 1 }));
  return json({ job: {}, verdicts, applied_revision: 1, control: control() });
}

/** Lets so much of the mocked time pass, and what comes of it happen. */
export async function pass(ms: number): Promise<void> {
  for (let i = 0; i < 3; i++) await turn();
  mock.timers.tick(ms);
  for (let i = 0; i < 10; i++) await turn();
}

/** Settles `asked` while the mocked time passes as fast as it can. */
export async function soon<Value>(asked: Promise<Value>): Promise<Value> {
  let settled = false;
  const end = asked.finally(() => {
    settled = true;
  });
  end.catch(() => undefined);
  for (let i = 0; i < 300 && !settled; i++) {
    await turn();
    mock.timers.tick(1_000);
  }
  return end;
}
