/** A service that belongs to a terminal: Ctrl-C ends it, and the command ends when it does. */
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
  const end = () => {
    stopping = true;
    if (service) void service.stop();
    else process.exit(130);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);
  whenOrphaned(end);

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

/** Calls `end` when npm was killed: it tells the shell between us, and that one tells nobody. */
function whenOrphaned(end: () => void): void {
  if (process.env.npm_lifecycle_event === undefined) return;
  const shell = process.ppid;
  const look = setInterval(() => {
    if (process.ppid === shell) return;
    clearInterval(look);
    end();
  }, 250);
  look.unref();
}
