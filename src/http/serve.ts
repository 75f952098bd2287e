import type { Question } from './checks/check';
import type { Call, Reply } from './endpoint';
import type { Exchange } from './exchange';
import type { Refused } from './problem';

/** Runs the checks of a request's route in order; where none refuses it, its endpoint answers. */
export async function serve(exchange: Exchange, questions: readonly Question[]): Promise<Reply | Refused> {
  for (const question of questions) {
    const asked = question(exchange);
    const verdict = asked instanceof Promise ? await asked : asked;
    if (verdict !== null) return 'code' in verdict ? { rejection: verdict } : verdict;
  }
  const { endpoint } = exchange.route;
  if (endpoint === null) throw new Error('nothing stood against a request that nothing serves');
  if (endpoint.receive === undefined) {
    const call: Call<unknown, unknown> = exchange;
    // What the checks found is what the schemas of this very endpoint let through.
    return endpoint.handle(call as Call<never, never>, exchange.caller);
  }
  const { outcome, caller } = await endpoint.receive(exchange);
  exchange.caller = caller;
  return outcome;
}
