/** A service whose data remembers which secrets it was made with. */
import { keepRoots } from './root-check.ts';
import { type Service, type ServiceOptions, startService } from './start-service.ts';

/** Starts a service and notes its secrets' check values; one that they can't be noted of is ended. */
export async function startWithRoots(options: ServiceOptions): Promise<Service> {
  const service = await startService(options);
  try {
    await keepRoots(options.dataDir, options.bindings.ROOT_SECRET ?? '');
    return service;
  } catch (error) {
    await service.stop();
    throw error;
  }
}
