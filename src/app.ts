import { type Context, Hono } from 'hono';
import type { Env } from './config';
import type { Endpoint } from './http/endpoint';
import { type ErrorShape, PROBLEM_JSON } from './http/problem';
import { type Responder, responder } from './http/respond';
import { methodsOf, routeTo } from './http/route';
import { SURFACES } from './surfaces';

type Bindings = { Bindings: Env };
type App = Hono<Bindings>;

/** The router: every route of every surface, each path's other methods, and all that is nowhere. */
export function createApp(): App {
  const app: App = new Hono<Bindings>({ strict: false });
  for (const { endpoints, errors } of SURFACES) {
    for (const [pattern, here] of Map.groupBy(endpoints, patternOf)) {
      const respond = responderAt(here, errors);
      app.all(pattern, (c) => answer(respond(c.req.method), c));
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

/** What answers a method at a path that serves `here`. */
function responderAt(here: readonly Endpoint[], errors: ErrorShape): (method: string) => Responder {
  const path = here[0]?.path ?? '';
  const byMethod = new Map<string, Responder>();
  for (const endpoint of here) {
    const respond = responder(routeTo(path, errors, here, endpoint));
    for (const method of methodsOf(endpoint)) byMethod.set(method, respond);
  }
  const refuse = responder(
    here.every(({ hidden }) => hidden) ? routeTo('*', errors) : routeTo(path, errors, here),
  );
  return (method) => byMethod.get(method) ?? refuse;
}

/** The path as the router matches it. */
function patternOf({ path, takesRest }: Endpoint): string {
  return takesRest ? `${path}{[\\s\\S]+}` : path;
}

function answer(respond: Responder, c: Context<Bindings>): Promise<Response> {
  return respond(c.env, c.req.raw, c.req.param(), (work) => c.executionCtx.waitUntil(work));
}
