/** The service that is killed: `workerd serve` on one folder, in one life after another. */
import { randomBytes } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { ALLOW_PRIVATE } from '../../dev/dev-vars.ts';
import { bundleFor, type Service, startService } from '../../dev/service.ts';
import { UNLIMITED } from '../unlimited.ts';

export class Victim {
  readonly adminToken = randomBytes(32).toString('hex');
  /** Where the objects' files are. */
  readonly objects: string;
  readonly logFile: string;
  kills = 0;
  readonly #folder: string;
  readonly #bundleDir: string;
  readonly #log: number;
  readonly #bindings: Record<string, string>;
  #life: Promise<Service>;

  private constructor(folder: string, bundleDir: string) {
    this.#folder = folder;
    this.#bundleDir = bundleDir;
    this.objects = join(folder, 'data', 'objects');
    this.logFile = join(folder, 'service.log');
    this.#log = openSync(this.logFile, 'a');
    this.#bindings = {
      ...{ ...UNLIMITED, ROOT_SECRET: randomBytes(32).toString('hex'), ADMIN_TOKEN: this.adminToken },
      [ALLOW_PRIVATE]: '1',
      // A delivery that fails twice comes again within the run.
      WEBHOOK_SCHEDULE_MS: '0,5000,5000,5000,5000,5000',
    };
    this.#life = this.#start();
  }

  /** Builds the service and starts its first life. */
  static async make(folder: string): Promise<Victim> {
    const victim = new Victim(folder, await bundleFor(join(folder, 'bundle')));
    await victim.url();
    return victim;
  }

  /** Where the service is, once it is up. */
  async url(): Promise<string> {
    return (await this.#life).url;
  }

  /** Kills the process as it stands and starts the next. Requests are refused until that one is up. */
  async kill(): Promise<void> {
    const service = await this.#life;
    this.kills += 1;
    this.#life = service.kill('SIGKILL').then(() => this.#start());
    await this.#life;
  }

  /** Starts a life after one that was stopped. */
  async start(): Promise<void> {
    this.#life = this.#start();
    await this.#life;
  }

  /** Ends a life in good order. */
  async stop(): Promise<void> {
    await (await this.#life).stop();
  }

  /** Ends whatever lives and lets go of the log. */
  async close(): Promise<void> {
    const service = await this.#life.catch(() => null);
    await service?.kill('SIGKILL');
    closeSync(this.#log);
  }

  #start(): Promise<Service> {
    return startService({
      dataDir: join(this.#folder, 'data'),
      bundleDir: this.#bundleDir,
      bindings: this.#bindings,
      output: this.#log,
    });
  }
}
