const MARKS: readonly (readonly [label: string, bytes: readonly number[]])[] = [
  ['utf-8', [0xef, 0xbb, 0xbf]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
];
/** Bytes of the longest byte order mark. */
export const LONGEST_MARK = 3;

/** The charset that the byte order mark at the beginning of a text names; null where there is none. */
export function markedCharset(bytes: Uint8Array): string | null {
  return MARKS.find(([, mark]) => mark.every((byte, at) => bytes[at] === byte))?.[0] ?? null;
}

/** The charset that a `Content-Type` declares; null where it declares none. */
export function declaredCharset(contentType: string | null): string | null {
  const [, quoted, plain] = /;\s*charset\s*=\s*(?:"([^"]*)"|([^\s;]*))/i.exec(contentType ?? '') ?? [];
  return (quoted ?? plain)?.trim() || null;
}
