/** A text that goes on: reported while it comes, answered at its end. */
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { RunningText } from '../../src/domain/line/running-text';
import { JobDO } from '../../src/objects/job/job-do';
import { type Answer, type Client, makeClient, send } from '../support/client';
import { openStream } from '../support/stream';
import { makeToken } from '../support/tokens';

let client: Client;
beforeAll(async () => {
  client = await makeClient();
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** A program whose output goes to a job's address through a pipe. */
class Program {
  readonly id: string;
  readonly token: string;
  readonly answer: Promise<Answer>;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;

  private constructor(id: string, token: string, query: string) {
    const pipe = new TransformStream<Uint8Array, Uint8Array>();
    this.id = id;
    this.token = token;
    this.#writer = pipe.writable.getWriter();
    this.answer = send(null, 'PUT', `/r/${token}${query}`, { raw: pipe.readable });
  }

  static async start(fields: Record<string, unknown> = {}, query = ''): Promise<Program> {
    const id = await client.createJob({ total_items: 0, ...fields });
    return new Program(id, await makeToken(client, id, 'report'), query);
  }

  write(text: string): Promise<void> {
    return this.#writer.write(new TextEncoder().encode(text));
  }

  async end(text = ''): Promise<[number, string]> {
    if (text !== '') await this.write(text);
    await this.#writer.close();
    const { status, text: line } = await this.answer;
    return [status, line];
  }

  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever came back
  async job(): Promise<any> {
    return (await client.get(`/api/jobs/${this.id}`)).json;
  }

  /** Waits until the job shows this. */
  shows(fields: Record<string, unknown>): Promise<void> {
    const see = async () => expect(await this.job()).toMatchObject(fields);
    return vi.waitFor(see, { timeout: 20_000, interval: 100 });
  }
}

describe('a text that goes on', () => {
  it('is reported while it comes, and answered at its end', async () => {
    const program = await Program.start();
    await program.write('10/200 reading\n');
    await program.shows({
      status: 'in_progress',
      processed_items: 10,
      total_items: 200,
      last_message: 'reading',
    });
    for (let n = 11; n <= 60; n++) await program.write(`${n}/200 writing\n`);
    await program.shows({ processed_items: 60, last_message: 'writing' });
    expect((await program.job()).revision).toBeLessThanOrEqual(6);
    expect(await program.end('99/200\nlast words')).toEqual([200, 'in_progress 49.5% (99 of 200)\n']);
    expect(await program.job()).toMatchObject({
      status: 'in_progress',
      processed_items: 99,
      last_message: 'last words',
    });
  });

  it.each([
    ['::exit 0\n', 'completed 100% (2 of 4)\n', { status: 'completed', last_message: 'two' }],
    [
      '::exit 3',
      'failed 50% (exit code 3)\n',
      { status: 'failed', error_message: 'exit code 3: 1/4 one\n2/4 two' },
    ],
    ['::exit TERM\n', 'failed 50% (signal TERM)\n', { status: 'failed' }],
  ])('ends its job by its last line %j', async (last, answer, ended) => {
    const program = await Program.start();
    await program.write('1/4 one\n');
    await program.shows({ processed_items: 1 });
    expect(await program.end(`2/4 two\n${last}`)).toEqual([200, answer]);
    expect(await program.job()).toMatchObject(ended);
  });

  it('is reported every 2 s while anyone watches, and does not watch itself', async () => {
    const program = await Program.start();
    await program.write('1/10 one\n');
    await program.shows({ processed_items: 1 });
    const pace = async () => {
      const { json } = await client.post(`/api/jobs/${program.id}/heartbeat`);
      return json.control.next_report_in_seconds;
    };
    expect(await pace()).toBe(15);
    const watcher = await openStream(client, program.id);
    await watcher.next();
    expect(await pace()).toBe(2);
    await watcher.close();
    await vi.waitFor(async () => expect(await pace()).toBe(15), { timeout: 5_000 });
    expect((await program.end())[0]).toBe(200);
  });

  it('that is over within a second is a text like any other', async () => {
    const program = await Program.start();
    expect(await program.end('5/20 all\nof it')).toEqual([200, 'in_progress 25% (5 of 20)\n']);
    expect((await program.job()).last_message).toBe('all\nof it');
    expect(await (await Program.start()).end()).toEqual([200, 'pending\n']);
    for (const text of ['1/4\n2/4\n', 'Progress: 25%\nProgress: 50%\nnearly\n']) {
      expect((await (await Program.start()).end(text))[1]).toMatch(/^in_progress 50% \((?:2 of 4|50%)\)\n$/);
      const ended = await Program.start();
      expect((await ended.end(`${text}::exit 0`))[1]).toMatch(/^completed 100% \((?:2 of 4|50%)\)\n$/);
      expect((await ended.job()).processed_items).toBeGreaterThan(1);
    }
    expect(await (await Program.start()).end('why\n::exit 1')).toEqual([200, 'failed (exit code 1)\n']);
  });

  it('is read to its end and dropped where its job was cancelled, and the answer says so', async () => {
    const program = await Program.start();
    await program.write('1/4\n');
    await program.shows({ processed_items: 1 });
    await client.post(`/api/jobs/${program.id}/cancel`);
    await program.write('2/4\n');
    await program.shows({ processed_items: 2 });
    for (let n = 0; n < 100; n++) await program.write('3/4 on and on\n');
    const [status, line] = await program.end('4/4\n');
    expect([status, line]).toEqual([200, 'cancelled 50% (what came after that was read and dropped)\n']);
  });

  it('acknowledges a cancellation by its last line', async () => {
    const program = await Program.start();
    await program.write('1/4\n');
    await program.shows({ processed_items: 1 });
    await client.post(`/api/jobs/${program.id}/cancel`);
    await program.write('2/4\n');
    await program.shows({ processed_items: 2 });
    expect((await program.end('::exit 130\n'))[0]).toBe(200);
    expect((await program.job()).cancellation).toMatchObject({ acknowledged_with: 'failed' });
  });

  it('is read to its end where its job has ended, before it or meanwhile', async () => {
    const program = await Program.start();
    await program.write('1/4\n');
    await program.shows({ processed_items: 1 });
    await client.report(program.id, { mark_completed: true });
    for (let n = 0; n < 100; n++) await program.write('3/4 on and on\n');
    const [status, line] = await program.end('4/4\n');
    expect([status, line.slice(0, 25)]).toEqual([409, 'The job is completed: not']);
    expect((await program.job()).processed_items).toBe(1);
  });

  it('is dropped once its token is revoked, and ends nothing', async () => {
    const program = await Program.start();
    await program.write('1/4\n');
    await program.shows({ processed_items: 1 });
    await client.send('DELETE', `/api/jobs/${program.id}/tokens`);
    await program.write('2/4\n');
    await new Promise((resolve) => setTimeout(resolve, 0));
    const [status, line] = await program.end('3/4\n::exit 0\n');
    expect(status).toBe(401);
    expect(line).toMatch(/^The address holds no valid token\./);
    expect(await program.job()).toMatchObject({ status: 'in_progress', processed_items: 1 });
  });

  it('reaches its job over one socket, and by one call at its end', async () => {
    const [sockets, calls] = [vi.spyOn(JobDO.prototype, 'fetch'), vi.spyOn(JobDO.prototype, 'apply')];
    const program = await Program.start();
    for (let n = 1; n <= 3; n++) {
      await program.write(`${n}/4\n`);
      await program.shows({ processed_items: n });
    }
    await program.end('4/4\n');
    expect([sockets.mock.calls.length, calls.mock.calls.length]).toEqual([1, 1]);
    sockets.mockRestore();
    calls.mockRestore();
  });

  it('is reported again where a report was lost', async () => {
    const broken = vi.spyOn(JobDO.prototype, 'webSocketMessage').mockImplementationOnce(async (socket) => {
      socket.close(1011, 'failed');
    });
    const program = await Program.start();
    await program.write('3/4 once\n');
    await program.shows({ processed_items: 3, last_message: 'once' });
    expect(broken.mock.calls.length).toBe(2);
    broken.mockRestore();
    await program.end();
  });

  it('is one for fifteen minutes after its last byte, and again from the next one on', async () => {
    const signs = vi.spyOn(JobDO.prototype, 'webSocketMessage');
    const looks = vi.spyOn(RunningText.prototype, 'news');
    const program = await Program.start();
    await program.write('1/4\n');
    await program.shows({ processed_items: 1 });
    const heard = Date.now();
    const at = (minutes: number) => vi.useFakeTimers({ now: heard + minutes * 60_000, toFake: ['Date'] });
    const another = async () => {
      const before = signs.mock.calls.length;
      await vi.waitFor(() => expect(signs.mock.calls.length).toBeGreaterThan(before), { timeout: 20_000 });
    };
    const none = async () => {
      const [before, seen] = [signs.mock.calls.length, looks.mock.calls.length];
      await vi.waitFor(() => expect(looks.mock.calls.length).toBeGreaterThan(seen + 2), { timeout: 20_000 });
      expect(signs.mock.calls.length).toBe(before);
    };
    at(14);
    await another();
    at(14.5);
    await another();
    at(15.1);
    await none();
    await program.write('\n');
    await another();
    at(30);
    await another();
    at(30.5);
    await none();
    expect(await program.end('2/4\n')).toEqual([200, 'in_progress 50% (2 of 4)\n']);
  }, 60_000);

  it('is a sign of life while it says nothing', async () => {
    const program = await Program.start({ heartbeat_timeout_seconds: 10 });
    await program.write('1/4\n');
    await program.shows({ processed_items: 1 });
    const until = Date.now() + 14_000;
    const healths = new Set<string>();
    await vi.waitFor(
      async () => {
        healths.add((await program.job()).health);
        expect(Date.now()).toBeGreaterThan(until);
      },
      { timeout: 20_000, interval: 500 },
    );
    expect([...healths]).toEqual(['ok']);
    await program.end('::exit 0');
  }, 30_000);
});
