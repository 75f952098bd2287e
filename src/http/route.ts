import type { Endpoint } from './endpoint';
import type { ErrorShape } from './problem';

/** Where a request has come: a method on a path, or what no endpoint serves. */
export interface Route {
  /** As Hono writes it; `*` where there is nothing. */
  path: string;
  errors: ErrorShape;
  /** All that is served at the path. */
  here: readonly Endpoint[];
  /** What serves the request, once every check is passed; null where nothing does. */
  endpoint: Endpoint | null;
  /** The same, but for an endpoint whose checks are its own. */
  checked: Endpoint | null;
}

export function routeTo(
  path: string,
  errors: ErrorShape,
  here: readonly Endpoint[] = [],
  endpoint: Endpoint | null = null,
): Route {
  return { path, errors, here, endpoint, checked: endpoint?.receive === undefined ? endpoint : null };
}

/** The methods of requests that an endpoint serves: HEAD is a GET whose body is left out. */
export function methodsOf({ method, noHead }: Endpoint): string[] {
  return method === 'GET' && !noHead ? [method, 'HEAD'] : [method];
}
