/** The service as a process for the tests of one file, with a key of an organization; it can be killed and go on. */
import { buildBundle, type Service, startService } from '../../dev/service.ts';
import type { Client } from '../contract/client.ts';
import { Operator } from '../contract/operator.ts';
import { Workplace } from './commands.ts';

export const SECRETS = { ROOT_SECRET: `root-${'r'.repeat(40)}`, ADMIN_TOKEN: `admin-${'a'.repeat(40)}` };
const PERMISSIONS = ['job:create', 'job:read', 'job:cancel'];

/** What a test's service is set to beside its secrets, and what its key may do. */
export interface LiveOptions {
  permissions?: string[];
  variables?: Record<string, string>;
}

export class Live {
  readonly client: Client;
  readonly #place: Workplace;
  readonly #bindings: Record<string, string>;
  #service: Service;

  private constructor(place: Workplace, bindings: Record<string, string>, service: Service, client: Client) {
    this.#place = place;
    this.#bindings = bindings;
    this.#service = service;
    this.client = client;
  }

  /** Builds the service, by `build` where it is another than the service itself, and starts it on any free port. */
  static async start(
    build: (bundleDir: string) => Promise<unknown> = buildBundle,
    { permissions = PERMISSIONS, variables = {} }: LiveOptions = {},
  ): Promise<Live> {
    const place = await Workplace.make();
    try {
      await build(place.path('bundle'));
      const bindings = { ...SECRETS, ...variables };
      const service = await startIn(place, 0, bindings);
      const operator = new Operator(service.url, SECRETS.ADMIN_TOKEN);
      return new Live(
        place,
        bindings,
        service,
        await operator.newClient(await operator.newOrganization(), permissions),
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
    this.#service = await startIn(this.#place, port, this.#bindings);
  }

  async stop(): Promise<void> {
    await this.#service.kill();
    await this.#place.leave();
  }
}

function startIn(place: Workplace, port: number, bindings: Record<string, string>): Promise<Service> {
  const [dataDir, bundleDir] = [place.path('data'), place.path('bundle')];
  return startService({ dataDir, port, bindings, bundleDir });
}
