/** Bytes as base64url without padding (RFC 4648 §5). */
export function toBase64Url(bytes: Uint8Array): string {
  return bytes.toBase64({ alphabet: 'base64url', omitPadding: true });
}

/** The bytes of `text`, or null. Strict: one text for each byte string, so a changed character never goes unnoticed. */
export function fromBase64Url(text: string): Uint8Array | null {
  try {
    const bytes = Uint8Array.fromBase64(text, { alphabet: 'base64url' });
    return toBase64Url(bytes) === text ? bytes : null;
  } catch {
    return null;
  }
}
