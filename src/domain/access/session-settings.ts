/** What sign-in by browser is set to. Without it a cookie opens nothing. */
export interface SessionSettings {
  /** A header that holds a JWT, put there by a proxy of one's own; null for none. */
  header: string | null;
  /** The pages of other origins that may call with a browser's own credential. */
  origins: readonly string[];
  /** What of a request a cached answer depends on: a list of names of headers. */
  vary: string;
}

/** The variables that it is read from. */
export interface SessionVariables {
  SESSION_HEADER?: string;
  /** Origins, `https://host[:port]` each, separated by commas. */
  SESSION_ORIGINS?: string;
}

/** Headers that mean something else already. */
const TAKEN = /^(?:authorization|cookie|host|origin|sec-.*|x-organization-id)$/i;

/** Throws where a variable can't be what it is meant to be. One that is bound and not set is null. */
export function sessionSettings(variables: SessionVariables): SessionSettings {
  const header = variables.SESSION_HEADER || null;
  if (header !== null && (!/^[\w-]{1,64}$/.test(header) || TAKEN.test(header)))
    throw new Error('SESSION_HEADER must be the name of a header that is free');
  const origins = originsIn(variables.SESSION_ORIGINS || '');
  const vary = ['Cookie', header ?? [], origins.length > 0 ? 'Origin' : []].flat().join(', ');
  return { header, origins, vary };
}

function originsIn(list: string): string[] {
  const origins = list.split(',').map((one) => one.trim());
  return origins.filter(Boolean).map((one) => {
    const url = URL.parse(one);
    if (url === null || url.origin !== one || !/^https?:[^*]+$/.test(one))
      throw new Error('SESSION_ORIGINS must be origins, https://host[:port] each, separated by commas');
    return one;
  });
}
