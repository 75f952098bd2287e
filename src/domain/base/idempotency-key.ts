const KEY = /^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/;

/** Whether a text can be an `Idempotency-Key`: 1 to 255 printable ASCII characters, no space at either end. */
export function isIdempotencyKey(text: string): boolean {
  return KEY.test(text);
}
