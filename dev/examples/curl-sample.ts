/** A request of the day as a line of shell. */
import type { Step } from './steps.ts';

/** What of an operation of the document its sample follows from. */
export interface Operation {
  method: string;
  path: string;
  security: Record<string, unknown>[];
}

/** The command: whoever has set the variables in it can run it as it is. */
export function curlSample(step: Step, { method, path, security }: Operation): string {
  const { body, text, byCookie } = step;
  const own = 'adminToken' in (security[0] ?? {}) ? '$HEADWAY_ADMIN_TOKEN' : '$HEADWAY_API_KEY';
  const lines = [
    `curl${method === 'GET' ? '' : ` -X ${method}`} "${addressOf(step, path)}"`,
    ...(security.length === 0 || byCookie ? [] : [`-H "Authorization: Bearer ${own}"`]),
    ...(step.with ?? []),
    ...(body === undefined
      ? []
      : ["-H 'Content-Type: application/json'", `-d ${quoted(JSON.stringify(body))}`]),
    ...(text === undefined ? [] : [`-d ${quoted(text)}`]),
  ];
  return lines.join(' \\\n  ');
}

function addressOf({ at = {}, query }: Step, path: string): string {
  // The address of a hook is given whole.
  if (path.startsWith('/hooks/')) return '$HOOK_URL';
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const given = at[name] ?? name.toUpperCase();
    return given.startsWith('=') ? given.slice(1) : `$${given}`;
  });
  return `$HEADWAY_URL${filled}${query === undefined ? '' : `?${query}`}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
