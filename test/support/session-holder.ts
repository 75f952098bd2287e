import { configOf, type Env } from '../../src/config';
import { holderOfSession } from '../../src/services/access/provider-sessions/session-holder';

/** Who a session speaks for, by the clock that is passed in; `isolate` answers the isolate that is asked. */
export function holders(isolate: () => Env) {
  async function look(
    text: string,
    { acts = false, now = Date.now(), believed = 30_000, jwtOnly = false } = {},
  ) {
    const asking = { acts, now, believed, keepAlive: () => undefined };
    const found = await holderOfSession(isolate(), configOf(isolate()), { text, jwtOnly }, asking);
    return found.ok ? found.value : found.rejection.code;
  }

  /** What came of it, in a word. */
  async function outcome(...asked: Parameters<typeof look>): Promise<string> {
    const found = await look(...asked);
    return found === null ? 'nobody' : typeof found === 'string' ? found : found.actor.id;
  }

  return { look, outcome };
}
