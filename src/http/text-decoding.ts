import { declaredCharset, LONGEST_MARK, markedCharset } from './charset';

/**
 * Bytes that come in pieces, as text: a byte order mark is believed, else the charset that is declared, else they are
 * UTF-8. What can't be read is replaced, and a charset that is not known here is read as UTF-8.
 */
export class TextDecoding {
  readonly #declared: string | null;
  #first = new Uint8Array();
  #decoder: TextDecoder | null = null;

  constructor(contentType: string | null) {
    this.#declared = declaredCharset(contentType);
  }

  add(bytes: Uint8Array): string {
    if (this.#decoder !== null) return this.#decoder.decode(bytes, { stream: true });
    const first = new Uint8Array(this.#first.byteLength + bytes.byteLength);
    first.set(this.#first);
    first.set(bytes, this.#first.byteLength);
    this.#first = first;
    return first.byteLength < LONGEST_MARK ? '' : this.#begin(first);
  }

  end(): string {
    const rest = this.#decoder === null ? this.#begin(this.#first) : '';
    return rest + (this.#decoder?.decode() ?? '');
  }

  #begin(bytes: Uint8Array): string {
    this.#decoder = decoderOf(markedCharset(bytes) ?? this.#declared ?? 'utf-8');
    return this.#decoder.decode(bytes, { stream: true });
  }
}

function decoderOf(label: string): TextDecoder {
  try {
    return new TextDecoder(label);
  } catch {
    return new TextDecoder();
  }
}
