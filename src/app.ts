import { type Context, Hono } from 'hono';
import type { Env } from './config';
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
      const here = endpoints.filter((other) => other.path === path);
      const respond = responder(routeTo(path, errors, here, endpoint));
      app.on(method, path, (c, next) => (noHead && c.req.method === 'HEAD' ? next() : answer(respond, c)));
    }
    for (const [path, here] of Map.groupBy(endpoints, ({ path }) => path)) {
      const refuse = responder(routeTo(path, errors, here));
      app.all(path, (c) => answer(refuse, c));
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

function answer(respond: Responder, c: Context<Bindings>): Promise<Response> {
  return respond(c.env, c.req.raw, c.req.param(), (work) => c.executionCtx.waitUntil(work));
}
