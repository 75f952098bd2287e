import { ok, type Result, refuse } from '../domain/base/result';

/**
 * Calls an object. A call that is safe to repeat is repeated once where the runtime says it may be; an object that is
 * overloaded is left in peace. The stub is made anew for each try: a failed one may be broken.
 */
export async function askObject<Answer>(
  call: () => Promise<Answer>,
  repeatable: boolean,
): Promise<Result<Answer>> {
  for (let tries = 1; ; tries++) {
    try {
      return ok(await call());
    } catch (cause) {
      const { retryable, overloaded } = cause as { retryable?: boolean; overloaded?: boolean };
      if (overloaded)
        return refuse('overloaded', 'There are more requests than can be served here. Try again shortly.');
      if (!(repeatable && retryable && tries < 2)) throw cause;
    }
  }
}

/** The same, for what an object of an older build does not know: it is being updated then. */
export async function askNewer<Answer>(
  call: () => Promise<Answer>,
  repeatable: boolean,
): Promise<Result<Answer>> {
  try {
    return await askObject(call, repeatable);
  } catch (cause) {
    // The runtime tells a method that is not there by its message alone.
    if (!(cause instanceof TypeError && /does not implement/.test(cause.message))) throw cause;
    return refuse('unavailable', 'The service is being updated. Try again shortly.');
  }
}
