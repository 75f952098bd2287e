/** Secrets as the service writes them, and where the files of a run hold one. */
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

/** API keys and sessions, tokens for jobs, secrets of webhooks. Source: src/services/ids, src/domain/webhook/signature.ts. */
const ISSUED =
  /hw[sfl]?_[a-z0-9][a-z0-9-]{0,39}_[0-3][0-9a-f]{32}_[0-9a-f]{56}|hwt_[\w-]{60,}|whsec_[A-Za-z0-9+/]{32,}={0,2}/g;
/** So much of what is looked for is looked up at once (bytes); nothing shorter is looked for. */
const STEM = 12;

/** Where what is installed and what is built lies. */
const MADE = /^(?:app|dist|bundle(?:-service)?|counting)\/|(?:^|\/)node_modules\//;

/** The secrets that a text shows. */
export function issuedIn(text: string): string[] {
  return text.match(ISSUED) ?? [];
}

export interface Leak {
  file: string;
  /** The beginning of the secret. */
  secret: string;
}

/**
 * Where files below `folder` hold one of `secrets`, the part of one that is secret, its bytes, or anything else that looks like
 * one of the service's. What is installed or built is not looked at, nor are files of the names in `but`, which are there to
 * keep one.
 */
export async function leaksIn(
  folder: string,
  secrets: Iterable<string>,
  but: readonly string[] = [],
): Promise<Leak[]> {
  const needles = new Needles([...secrets].flatMap(formsOf));
  const leaks: Leak[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!entry.isFile() || but.includes(entry.name) || MADE.test(relative(folder, path))) continue;
    const bytes = await readFile(path);
    const found = [...needles.foundIn(bytes), ...issuedIn(bytes.toString('latin1'))];
    for (const secret of new Set(found)) {
      leaks.push({ file: relative(folder, path), secret: `${secret.slice(0, STEM)}…` });
    }
  }
  return leaks;
}

/** A secret as it is written, and the part of it that nobody may know, as text and as the bytes that stands for. */
function formsOf(secret: string): Buffer[] {
  const hex = /^hw[sfl]?_.*_([0-9a-f]{48})[0-9a-f]{8}$/.exec(secret)?.[1];
  if (hex !== undefined) return [Buffer.from(hex), Buffer.from(hex, 'hex')];
  const code = /^hwt_([\w-]{16})/.exec(secret)?.[1];
  if (code !== undefined) return [Buffer.from(code), Buffer.from(code, 'base64url')];
  const key = /^whsec_(.+)$/.exec(secret)?.[1];
  if (key !== undefined) return [Buffer.from(key.replace(/=+$/, '')), Buffer.from(key, 'base64')];
  return [Buffer.from(secret)];
}

/** Many byte strings, looked for in one pass. */
class Needles {
  readonly #byStem = new Map<string, Buffer[]>();
  /** Whether any begins with these two bytes. */
  readonly #begins = new Uint8Array(65_536);

  constructor(needles: readonly Buffer[]) {
    for (const needle of needles) {
      if (needle.length < STEM) throw new Error('a secret is too short to be looked for');
      const stem = needle.toString('latin1', 0, STEM);
      this.#byStem.set(stem, [...(this.#byStem.get(stem) ?? []), needle]);
      this.#begins[needle.readUInt16BE()] = 1;
    }
  }

  *foundIn(bytes: Buffer): Generator<string> {
    for (let at = 0; at + STEM <= bytes.length; at++) {
      if (this.#begins[((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)] !== 1) continue;
      for (const needle of this.#byStem.get(bytes.toString('latin1', at, at + STEM)) ?? []) {
        if (bytes.subarray(at, at + needle.length).equals(needle)) yield needle.toString('latin1');
      }
    }
  }
}
