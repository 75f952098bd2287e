/** A service that belongs to a terminal: Ctrl-C ends it, and the command ends when it does. */
import { onEnd } from './on-end.ts';
import type { Service } from './service.ts';

/**
 * Starts a service, tells `onceUp`, and waits for its end. Answers the exit code: 0 when a signal ended it,
 * else the service's own, never 0 for an end that nobody asked for.
 */
export async function runInForeground(
  start: () => Promise<Service>,
  onceUp: (service: Service) => Promise<void>,
): Promise<number> {
  let service: Service | undefined;
  let stopping = false;
  onEnd(() => {
    stopping = true;
    if (service) void service.stop();
    else process.exit(130);
  });

  service = await start();
  try {
    await onceUp(service);
  } catch (error) {
    await service.stop();
    if (stopping) return 0;
    throw error;
  }
  const { code, signal } = await service.exited;
  // The terminal sends Ctrl-C to both processes, and workerd may be the first to go.
  if (stopping || signal === 'SIGINT') return 0;
  console.error(`The service ended by itself (${signal ?? code}).`);
  return code || 1;
}
