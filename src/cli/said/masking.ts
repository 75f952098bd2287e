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

/**
 * Masks the values of secrets in an environment: of variables that are called so, and passwords in addresses. Written in an
 * address, in JSON or in base64 they are masked as well.
 */
export function masking(environment: Record<string, string | undefined>): (text: string) => string {
  const secrets = new Set<string>();
  const add = (value: string) => {
    const whole = value.trim();
    const lines = whole.includes('\n') ? whole.split('\n').filter((line) => !line.startsWith('-----')) : [];
    for (const one of [whole, ...lines.map((line) => line.trim())]) {
      if (one.length < SHORTEST) continue;
      for (const written of writtenAs(one)) secrets.add(written);
    }
  };
  for (const [name, value = ''] of Object.entries(environment)) {
    if (isSecretName(name)) add(value);
    // A name may not say that there is one: `DATABASE_URL`, `HEADWAY_REPORT_URL`.
    for (const [, password = ''] of value.matchAll(/:\/\/[^\s:/@]{0,200}:([^\s/@]{1,500})@/g)) {
      add(password);
      add(decoded(password));
    }
    for (const [token] of value.matchAll(/\b(?:hw|hwt|hwf|hwl|whsec)_[\w.~+/=-]{8,}/g)) add(token);
  }
  // The longer first: one may be a part of another.
  const inOrder = [...secrets].sort((one, other) => other.length - one.length);
  return (text) => inOrder.reduce((masked, secret) => masked.replaceAll(secret, MASK), text);
}

/** Whether a variable of this name holds a secret. */
function isSecretName(name: string): boolean {
  const upper = name.replace(/([a-z\d])([A-Z])/g, '$1_$2').toUpperCase();
  return (
    !PLACES.test(upper) &&
    upper.split(/[^A-Z]+/).some((word) => WORDS.has(word) || /(PASSWORD|SECRET|TOKEN|APIKEY)$/.test(word))
  );
}

function writtenAs(secret: string): string[] {
  const base64 = Buffer.from(secret).toString('base64');
  return [
    secret,
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    ...(secret.length > 2 * SHORTEST ? [base64, base64.replaceAll('=', '')] : [base64]),
  ];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
