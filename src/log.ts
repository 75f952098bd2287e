export type LogLevel = 'info' | 'warn' | 'error';

/** What a line says beside its event. A field that is undefined or null is left out. */
export interface LogFields {
  /** The job it is about. */
  job_id?: string | null | undefined;
  /** The name of the object that wrote it. */
  object?: string | undefined;
  /** What was thrown: as text, with its stack where the level is `error`. */
  cause?: unknown;
  [name: string]: unknown;
}

/** Writes one line of JSON to the log: time (RFC 3339, UTC), level, event (in snake case), then `fields`. */
export function log(level: LogLevel, event: string, fields: LogFields = {}): void {
  const line = JSON.stringify({
    time: new Date(Date.now()).toISOString(),
    level,
    event,
    ...shown(fields, level),
  });
  // Three calls by name: the simulation of the objects puts others in their place.
  if (level === 'error') console.error(line);
  else if (level === 'warn') console.warn(line);
  else console.log(line);
}

function shown({ cause, ...fields }: LogFields, level: LogLevel): Record<string, unknown> {
  const said = Object.entries(fields).filter(([, value]) => value !== undefined && value !== null);
  return { ...Object.fromEntries(said), ...(cause === undefined ? {} : { cause: textOf(cause, level) }) };
}

function textOf(cause: unknown, level: LogLevel): string {
  return level === 'error' && cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
}
