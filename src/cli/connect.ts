import { Headway } from '../client/index.ts';
import { type Flags, settingsOf } from './settings.ts';

/** Who sits before a prompt hears sooner than a worker that the service is away (ms). */
const PATIENCE = 10_000;

/** The service that flags, environment and profile mean. */
export async function connect(flags: Flags): Promise<Headway> {
  return new Headway({ ...(await settingsOf(flags, process.env)), totalMs: PATIENCE });
}
