/** The root secrets that are alive, by generation (0–3), and the one that makes new things. */
export interface Roots {
  roots: ReadonlyMap<number, string>;
  generation: number;
}

/** How long a secret is at least (characters). */
const SECRET_LENGTH = 32;

/** One root secret, or up to four generations of it: `1:newest,0:older`. Throws where one is missing or too short. */
export function parseRoots(text: string | undefined): Roots {
  const generations = (text ?? '').split(',').map((entry): [number, string] => {
    const [, generation, root] = /^(?:([0-3]):)?(.*)$/s.exec(entry.trim()) ?? [];
    return [Number(generation ?? 0), checkSecret('ROOT_SECRET', root)];
  });
  const roots = new Map(generations);
  if (roots.size !== generations.length) throw new Error('ROOT_SECRET names a generation twice');
  return { roots, generation: generations[0]?.[0] ?? 0 };
}

/** The tokens that are alive, `new,old`, the newest first. Throws where one is missing, too short or none that can be shown. */
export function parseTokens(name: string, text: string | undefined): string[] {
  return (text ?? '').split(',').map((written) => {
    const token = checkSecret(name, written.trim());
    if (!isBearerText(token)) throw new Error(`${name} may hold only letters, digits and - . _ ~ + / =`);
    return token;
  });
}

/** Whether a text can stand behind `Authorization: Bearer`. Source: RFC 6750, 2.1. */
export function isBearerText(text: string): boolean {
  return /^[\w.~+/=-]+$/.test(text);
}

/** `value`, unless it is missing or too short: nothing works without. */
function checkSecret(name: string, value: string | undefined): string {
  if (value === undefined || value.length < SECRET_LENGTH) {
    throw new Error(`${name} is missing or shorter than ${SECRET_LENGTH} characters`);
  }
  return value;
}
