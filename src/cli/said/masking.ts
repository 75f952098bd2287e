import { writtenAs } from './written-as.ts';

/** What stands in place of a secret. */
const MASK = '***';
/** A shorter value is no secret worth the name, and stands in too many words. */
const SHORTEST = 6;
/** A variable is one of a secret where one of these is a word of its name. */
const WORDS = new Set(
  (
    'SECRET SECRETS TOKEN TOKENS PASSWORD PASSWORDS PASSWD PASS PASSPHRASE PASSCODE PWD KEY KEYS APIKEY CREDENTIAL CREDENTIALS ' +
    'CREDS AUTH AUTHORIZATION BEARER COOKIE JWT PAT DSN SIGNATURE PRIVATE WEBHOOK'
  ).split(' '),
);
/** Names that say where something is, not what. */
const PLACES = /^(PWD|OLDPWD)$|_(FILE|PATH|DIR|SOCK|HOME)$/;

type Environment = Record<string, string | undefined>;

/**
 * Masks the values of secrets in environments: of variables that are called so, and passwords in addresses. Written in an
 * address, in JSON, in base64 or by a shell they are masked as well, and so is most of one that a text begins or ends in.
 */
export function masking(...environments: readonly Environment[]): (text: string) => string {
  const secrets = new Set<string>();
  const add = (value: string) => {
    const whole = value.trim();
    const lines = whole.includes('\n') ? whole.split('\n').filter((line) => !line.startsWith('-----')) : [];
    for (const one of [whole, ...lines.map((line) => line.trim())]) {
      if (one.length < SHORTEST) continue;
      for (const written of writtenAs(one)) if (written.length >= SHORTEST) secrets.add(written);
    }
  };
  for (const [name, value = ''] of environments.flatMap((environment) => Object.entries(environment))) {
    if (isSecretName(name)) add(value);
    // A name may not say that there is one: `DATABASE_URL`, `HEADWAY_REPORT_URL`.
    for (const [, password = ''] of value.matchAll(/:\/\/[^\s:/@]{0,200}:([^\s/@]{1,500})@/g)) {
      add(password);
      add(decoded(password));
    }
    for (const [token] of value.matchAll(/\b(?:hw|hw[a-z]|whsec)_[\w.~+/=-]{8,}/g)) add(token);
  }
  // The longer first: one may be a part of another.
  const inOrder = [...secrets].sort((one, other) => other.length - one.length);
  return (text) =>
    withoutParts(
      inOrder.reduce((masked, secret) => masked.replaceAll(secret, MASK), text),
      inOrder,
    );
}

/** A line is told as far as it has come, and a long one without its beginning: it may be cut in a secret. */
function withoutParts(text: string, secrets: readonly string[]): string {
  let [from, to] = [0, text.length];
  for (const secret of secrets) {
    const least = Math.max(SHORTEST, Math.ceil(secret.length / 2));
    for (let part = Math.min(secret.length - 1, text.length); part >= least; part--) {
      if (text.endsWith(secret.slice(0, part))) to = Math.min(to, text.length - part);
      if (text.startsWith(secret.slice(-part))) from = Math.max(from, part);
    }
  }
  if (from > to) return MASK;
  return `${from > 0 ? MASK : ''}${text.slice(from, to)}${to < text.length ? MASK : ''}`;
}

/** Whether a variable of this name holds a secret. */
function isSecretName(name: string): boolean {
  const upper = name.replace(/([a-z\d])([A-Z])/g, '$1_$2').toUpperCase();
  return (
    !PLACES.test(upper) &&
    upper.split(/[^A-Z]+/).some((word) => WORDS.has(word) || /(PASSWORD|SECRET|TOKEN|APIKEY)$/.test(word))
  );
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
