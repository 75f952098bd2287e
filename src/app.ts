import { type Context, Hono } from 'hono';
import type { Env } from './config';
import type { Endpoint } from './http/endpoint';
import { PROBLEM_JSON } from './http/problem';
import { type Responder, responder } from './http/respond';
import { routeTo } from './http/route';
import { SURFACES } from './surfaces';

type Bindings = { Bindings: Env };
type App = Hono<Bindings>;

/** The router: every route of every surface, each path's other methods, and all that is nowhere. */
export function createApp(): App {
  const app: App = new Hono<Bindings>({ strict: false });
  for (const { endpoints, errors } of SURFACES) {
    for (const endpoint of endpoints) {
      const { method, path, noHead } = endpoint;
      const pattern = patternOf(endpoint);
      const here = endpoints.filter((other) => other.path === path);
      const respond = responder(routeTo(path, errors, here, endpoint));
      app.on(method, pattern, (c, next) => (noHead && c.req.method === 'HEAD' ? next() : answer(respond, c)));
    }
    for (const [pattern, here] of Map.groupBy(endpoints, patternOf)) {
      const refuse = responder(routeTo(here[0]?.path ?? pattern, errors, here));
      app.all(pattern, (c) => answer(refuse, c));
    }
  }
  const nowhere = SURFACES.map(({ prefix, errors }) => ({ prefix, refuse: responder(routeTo('*', errors)) }));
  const elsewhere = responder(routeTo('*', PROBLEM_JSON));
  app.notFound((c) => {
    const below = nowhere.find(({ prefix }) => `${c.req.path}/`.startsWith(prefix));
    return answer(below?.refuse ?? elsewhere, c);
  });
  return app;
}

/** The path as the router matches it. */
function patternOf({ path, takesRest }: Endpoint): string {
  return takesRest ? `${path}{.+}` : path;
}

function answer(respond: Responder, c: Context<Bindings>): Promise<Response> {
  return respond(c.env, c.req.raw, c.req.param(), (work) => c.executionCtx.waitUntil(work));
}
