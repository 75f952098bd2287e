/** What an attack stands on: an organization of its own, and the means to ask in any number and to read or not. */
import { Agent, type IncomingMessage, request } from 'node:http';
import type { Target } from '../load.ts';
import { Tally } from './tally.ts';

export interface Asked {
  /** Text as it is; an object as JSON. */
  body?: string | Buffer | object;
  headers?: Record<string, string>;
  /** In place of the organization's key; null for none. */
  credential?: string | null;
}

export interface Reply {
  status: number;
  text: string;
}

/** An answer that stays away this long counts as none (ms). */
const PATIENCE = 30_000;

export class Ground {
  readonly target: Target;
  readonly short: boolean;
  readonly tally = new Tally();
  readonly #agent = new Agent({ keepAlive: true });

  constructor(target: Target, short: boolean) {
    this.target = target;
    this.short = short;
  }

  /** Asks and counts the answer. Null where none came: the connection was refused or cut, or it took too long. */
  async ask(method: string, path: string, asked: Asked = {}): Promise<Reply | null> {
    const what = `${method} ${path.slice(0, 60)}`;
    try {
      const answer = await this.#send(method, path, asked, this.#agent);
      const chunks: Buffer[] = [];
      for await (const chunk of answer) chunks.push(chunk as Buffer);
      this.tally.answered(answer.statusCode ?? 0, what);
      return { status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString() };
    } catch (cause) {
      this.tally.did(`no answer (${(cause as { code?: string }).code ?? cause})`);
      return null;
    }
  }

  /** Asks for what the attack can't do without, and counts nothing. */
  // biome-ignore lint/suspicious/noExplicitAny: whatever came back is looked at field by field
  async need(method: string, path: string, body?: object): Promise<any> {
    const answer = await this.#send(method, path, body === undefined ? {} : { body }, this.#agent);
    const chunks: Buffer[] = [];
    for await (const chunk of answer) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    if ((answer.statusCode ?? 0) >= 300) throw new Error(`${method} ${path}: ${answer.statusCode} ${text}`);
    return text === '' ? null : JSON.parse(text);
  }

  /** Creates a job and answers its id. */
  async job(fields: object = {}): Promise<string> {
    const body = { job_type: 'import', total_items: 1_000_000, ...fields };
    return (await this.need('POST', '/api/jobs/', body)).job_id;
  }

  async token(job: string, scope: 'picture' | 'read' | 'report'): Promise<string> {
    return (await this.need('POST', `/api/jobs/${job}/tokens`, { scope })).token;
  }

  /** Opens a stream of events and answers it unread; null where it was refused. */
  async stream(path: string): Promise<IncomingMessage | null> {
    const asked = { headers: { Accept: 'text/event-stream' } };
    const answer = await this.#send('GET', path, asked, false).catch(() => null);
    if (answer === null || answer.statusCode !== 200) {
      answer?.destroy();
      this.tally.did(`no stream (${answer?.statusCode})`);
      return null;
    }
    answer.on('error', () => this.tally.did('streams cut'));
    answer.on('end', () => this.tally.did('streams ended'));
    this.tally.did('streams');
    return answer;
  }

  /** So many at a time, each again as soon as it is done. */
  async loops(count: number, calledOff: AbortSignal, once: (n: number) => Promise<unknown>): Promise<void> {
    let n = 0;
    const loop = async () => {
      while (!calledOff.aborted) await once(n++);
    };
    await Promise.all(Array.from({ length: count }, loop));
  }

  #send(method: string, path: string, asked: Asked, agent: Agent | false): Promise<IncomingMessage> {
    const { body, headers, credential } = asked;
    const { Authorization, ...others } = this.target.headers;
    const bearer = credential === undefined ? Authorization : credential && `Bearer ${credential}`;
    const content = typeof body === 'string' || Buffer.isBuffer(body) ? body : body && JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const sent = request(this.target.url + path, {
        ...{ method, agent, timeout: PATIENCE, maxHeaderSize: 1 << 20 },
        headers: {
          ...others,
          ...(bearer ? { Authorization: bearer } : {}),
          ...(content === undefined
            ? {}
            : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(content) }),
          ...headers,
        },
      });
      sent.once('response', resolve).once('error', reject);
      sent.once('timeout', () => sent.destroy(new Error('too late')));
      sent.end(content);
    });
  }
}

/** Resolves after so many ms, or as soon as the attack is called off. */
export function pause(ms: number, calledOff: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      calledOff.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    calledOff.addEventListener('abort', done);
    if (calledOff.aborted) done();
  });
}

/** How many requests that are sent at a steady pace may be unanswered; beyond, one is left out. */
const UNDER_WAY = 4;

/** Does something at a steady pace, whether what it did last is done or not. */
export async function everySo(
  ms: number,
  calledOff: AbortSignal,
  once: (n: number) => Promise<unknown>,
): Promise<void> {
  let underWay = 0;
  for (let n = 0; !calledOff.aborted; n++) {
    if (underWay < UNDER_WAY) {
      underWay += 1;
      void once(n).finally(() => {
        underWay -= 1;
      });
    }
    await pause(ms, calledOff);
  }
}
