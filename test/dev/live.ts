/** The service as a process for the tests of one file, with a key of an organization; it can be killed and go on. */
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { bundleFor, type Service, type ServiceOptions, startService } from '../../dev/service.ts';
import { type Client, issued } from '../contract/client.ts';
import { Operator } from '../contract/operator.ts';
import { Workplace } from './commands.ts';
import { freePort } from './free-port.ts';

export const SECRETS = { ROOT_SECRET: `root-${'r'.repeat(40)}`, ADMIN_TOKEN: `admin-${'a'.repeat(40)}` };
const PERMISSIONS = ['job:create', 'job:read', 'job:cancel'];

/** What a test's service is set to beside its secrets, and what its key may do. */
export interface LiveOptions {
  permissions?: string[];
  variables?: Record<string, string>;
}

/** What each life of a service is started with. */
type Life = Omit<ServiceOptions, 'port'>;

export class Live {
  readonly client: Client;
  readonly #place: Workplace;
  #life: Life;
  #service: Service;

  private constructor(place: Workplace, life: Life, service: Service, client: Client) {
    this.#place = place;
    this.#life = life;
    this.#service = service;
    this.client = client;
  }

  /** Starts the service on any free port, or what `build` has built, in this folder or another, where that is not the service itself. */
  static async start(
    build: (folder: string) => Promise<string> = bundleFor,
    { permissions = PERMISSIONS, variables = {} }: LiveOptions = {},
  ): Promise<Live> {
    const place = await Workplace.make();
    try {
      for (const secret of Object.values(SECRETS)) issued.add(secret);
      const life: Life = {
        output: openSync(place.path('service.log'), 'a'),
        dataDir: place.path('data'),
        bundleDir: await build(place.path('bundle')),
        bindings: { ...SECRETS, LOG_SAMPLE: '1', ...variables },
      };
      const service = await startService({ ...life, port: await freePort() });
      const operator = new Operator(service.url, SECRETS.ADMIN_TOKEN);
      return new Live(
        place,
        life,
        service,
        await operator.newClient(await operator.newOrganization(), permissions),
      );
    } catch (error) {
      await place.leave();
      throw error;
    }
  }

  /** Where its objects are on the disk. */
  get objects(): string {
    return join(this.#life.dataDir, 'objects');
  }

  get bundleDir(): string {
    return this.#life.bundleDir;
  }

  get pid(): number {
    return this.#service.pid;
  }

  /** Kills the process as it stands and starts the next on the same port, once `away` is done, with `variables` set from then on. */
  async crash(away?: () => Promise<unknown>, variables: Record<string, string> = {}): Promise<void> {
    this.#life = { ...this.#life, bindings: { ...this.#life.bindings, ...variables } };
    const { port } = this.#service;
    await this.#service.kill();
    await away?.();
    this.#service = await startService({ ...this.#life, port });
  }

  async stop(): Promise<void> {
    await this.#service.kill();
    if (typeof this.#life.output === 'number') closeSync(this.#life.output);
    await this.#place.leave();
  }
}
