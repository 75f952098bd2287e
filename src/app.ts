import { Hono } from 'hono';
import type { Env } from './config';
import { reject } from './domain/base/rejection';
import { preflight } from './http/cors';
import { PROBLEM_JSON } from './http/problem';
import { respond, respondRefused, respondTo } from './http/respond';
import { SURFACES } from './surfaces';

type App = Hono<{ Bindings: Env }>;

/** The router: every route of every surface, 405 for a known path's other methods, 404 for the rest. */
export function createApp(): App {
  const app: App = new Hono<{ Bindings: Env }>({ strict: false });
  for (const { endpoints, errors } of SURFACES) {
    for (const endpoint of endpoints) {
      app.on(endpoint.method, endpoint.path, (c, next) =>
        endpoint.noHead && c.req.method === 'HEAD'
          ? next()
          : respondTo(endpoint, errors, c.env, c.req.raw, c.req.param(), (work) =>
              c.executionCtx.waitUntil(work),
            ),
      );
    }
    for (const [path, allowed] of methodsByPath(endpoints)) {
      const allow = allowed.join(', ');
      const here = endpoints.filter((endpoint) => endpoint.path === path);
      app.all(path, (c) => {
        const permitted = preflight(here, c.req.raw);
        if (permitted !== null) {
          return respond(path, errors, c.req.raw, async () => ({ outcome: permitted, caller: null }));
        }
        const rejection = reject(
          'method_not_allowed',
          `${c.req.method} is not allowed here; allowed: ${allow}.`,
        );
        return respondRefused(path, errors, c.req.raw, { rejection, headers: { Allow: allow } });
      });
    }
  }
  app.notFound((c) => {
    const errors = SURFACES.find(({ prefix }) => `${c.req.path}/`.startsWith(prefix))?.errors ?? PROBLEM_JSON;
    const rejection = reject('not_found', 'There is nothing at this path.');
    return respondRefused('*', errors, c.req.raw, { rejection });
  });
  return app;
}

function methodsByPath(endpoints: (typeof SURFACES)[number]['endpoints']): Map<string, string[]> {
  const methods = new Map<string, string[]>();
  for (const { path, method, noHead } of endpoints) {
    const allowed = methods.get(path) ?? [];
    methods.set(path, [...allowed, method, ...(method === 'GET' && !noHead ? ['HEAD'] : [])]);
  }
  return methods;
}
