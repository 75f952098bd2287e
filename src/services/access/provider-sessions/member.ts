/** Whom a session is of, as its provider says. */
export interface Member {
  member_id: string;
  /** The provider's own id of the organization. */
  organization: string;
  roles: readonly string[];
  /** When the session, or the JWT that shows it, ends (ms since 1970). */
  until: number;
}

/** The texts in a list, or in a text that lists them. */
export function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return value.split(/[\s,]+/).filter(Boolean);
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

/** What stands under `path` in claims: under the whole of it as one name, or name by name. */
export function claimAt(claims: unknown, path: string): unknown {
  const whole = memberOf(claims, path);
  if (whole !== undefined) return whole;
  return path.split('.').reduce(memberOf, claims);
}

function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Record<string, unknown>)[name];
}
