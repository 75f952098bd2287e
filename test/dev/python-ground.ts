/** What the Python programs of one test file stand on: a service, a place to run in, and the wire between. */
import { type Running, Workplace } from './commands.ts';
import { FaultyProxy } from './faulty-proxy.ts';
import { Live } from './live.ts';
import { startPython } from './python-program.ts';

export class PythonGround {
  readonly live: Live;
  readonly place: Workplace;
  readonly proxy: FaultyProxy;

  private constructor(live: Live, place: Workplace, proxy: FaultyProxy) {
    this.live = live;
    this.place = place;
    this.proxy = proxy;
  }

  /** Of the requests over the wire one in `every` is hurt; 0 for none. */
  static async make(every = 0): Promise<PythonGround> {
    const [live, place] = await Promise.all([Live.start(), Workplace.make()]);
    return new PythonGround(live, place, await FaultyProxy.before(live.client.url, every));
  }

  /** Starts a program that reaches the service over the wire, or as `url` says. */
  start(text: string, env: Record<string, string> = {}, url = this.proxy.url): Promise<Running> {
    return startPython(this.place, { url, apiKey: this.live.client.apiKey }, text, env);
  }

  /** A job that somebody else has made, as the environment gives it. */
  async given() {
    const { client } = this.live;
    const HEADWAY_JOB_ID = await client.createJob({ total_items: 0 });
    const { token } = (await client.post(`/api/jobs/${HEADWAY_JOB_ID}/tokens`, { scope: 'report' })).json;
    return { HEADWAY_JOB_ID, HEADWAY_REPORT_URL: `${this.proxy.url}/r/${token}` };
  }

  async leave(): Promise<void> {
    await this.place.leave();
    await this.proxy.stop();
    await this.live.stop();
  }
}
