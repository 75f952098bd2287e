/** The service as a process for the tests of one file, with a key of an organization; it can be killed and go on. */
import { buildBundle, type Service, startService } from '../../dev/service.ts';
import type { Client } from '../contract/client.ts';
import { Operator } from '../contract/operator.ts';
import { Workplace } from './commands.ts';

const SECRETS = { ROOT_SECRET: `root-${'r'.repeat(40)}`, ADMIN_TOKEN: `admin-${'a'.repeat(40)}` };
const PERMISSIONS = ['job:create', 'job:read', 'job:cancel'];

export class Live {
  readonly client: Client;
  readonly #place: Workplace;
  #service: Service;

  private constructor(place: Workplace, service: Service, client: Client) {
    this.#place = place;
    this.#service = service;
    this.client = client;
  }

  /** Builds the service, by `build` where it is another than the service itself, and starts it on any free port. */
  static async start(build: (bundleDir: string) => Promise<unknown> = buildBundle): Promise<Live> {
    const place = await Workplace.make();
    try {
      await build(place.path('bundle'));
      const service = await startIn(place, 0);
      const operator = new Operator(service.url, SECRETS.ADMIN_TOKEN);
      return new Live(
        place,
        service,
        await operator.newClient(await operator.newOrganization(), PERMISSIONS),
      );
    } catch (error) {
      await place.leave();
      throw error;
    }
  }

  /** Kills the process as it stands and starts the next on the same port. */
  async crash(): Promise<void> {
    const { port } = this.#service;
    await this.#service.kill();
    this.#service = await startIn(this.#place, port);
  }

  async stop(): Promise<void> {
    await this.#service.kill();
    await this.#place.leave();
  }
}

function startIn(place: Workplace, port: number): Promise<Service> {
  const [dataDir, bundleDir] = [place.path('data'), place.path('bundle')];
  return startService({ dataDir, port, bindings: SECRETS, bundleDir });
}
