import { EXIT } from './exit-codes.ts';

/** Does what goes on until a signal ends it: then its exit code is 130. */
export async function untilInterrupted(act: (signal: AbortSignal) => Promise<number>): Promise<number> {
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => interrupted.abort());
  try {
    const code = await act(interrupted.signal);
    return interrupted.signal.aborted ? EXIT.interrupted : code;
  } catch (error) {
    if (interrupted.signal.aborted) return EXIT.interrupted;
    throw error;
  }
}
