import type { Roots } from '../../domain/access/root-secret';

const IV_BYTES = 12;
const encoder = new TextEncoder();
const keys = new Map<string, Promise<CryptoKey>>();

/**
 * Encrypts what is kept of webhooks' secrets: AES-256-GCM under a key derived from the root secret. `context` says whose
 * secret it is; a sealed text opens for no other. Sealed: `<generation>.<base64url of IV and ciphertext>`.
 */
export class SecretBox {
  readonly #roots: Roots;

  constructor(roots: Roots) {
    this.#roots = roots;
  }

  async seal(plain: string, context: string): Promise<string> {
    const { generation } = this.#roots;
    const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
    const key = await this.#key(generation);
    const sealed = await crypto.subtle.encrypt(algorithm(iv, context), key, encoder.encode(plain));
    const bytes = new Uint8Array(IV_BYTES + sealed.byteLength);
    bytes.set(iv);
    bytes.set(new Uint8Array(sealed), IV_BYTES);
    return `${generation}.${bytes.toBase64({ alphabet: 'base64url', omitPadding: true })}`;
  }

  /** Throws where the text was altered, is another's, or its generation is gone. */
  async open(sealed: string, context: string): Promise<string> {
    const bytes = Uint8Array.fromBase64(sealed.slice(2), { alphabet: 'base64url' });
    const key = await this.#key(generationOf(sealed));
    const iv = bytes.subarray(0, IV_BYTES);
    const plain = await crypto.subtle.decrypt(algorithm(iv, context), key, bytes.subarray(IV_BYTES));
    return new TextDecoder().decode(plain);
  }

  /** Whether a sealed text is of the generation that seals now; any other is to be sealed anew. */
  isCurrent(sealed: string): boolean {
    return generationOf(sealed) === this.#roots.generation;
  }

  #key(generation: number): Promise<CryptoKey> {
    const root = this.#roots.roots.get(generation);
    if (root === undefined) throw new Error(`root secret ${generation} is not among the configured ones`);
    let key = keys.get(root);
    if (key === undefined) {
      key = derive(root);
      keys.set(root, key);
    }
    return key;
  }
}

/** Whose an endpoint's secrets are. */
export function secretContext(organization: string, webhookId: string): string {
  return `${organization}\0${webhookId}`;
}

/** That its own headers are sealed for: they open as no secret. */
export function headersContext(context: string): string {
  return `${context}\0headers`;
}

function generationOf(sealed: string): number {
  return Number(/^([0-3])\./.exec(sealed)?.[1] ?? Number.NaN);
}

function algorithm(iv: Uint8Array, context: string) {
  return { name: 'AES-GCM', iv, additionalData: encoder.encode(context) };
}

async function derive(root: string): Promise<CryptoKey> {
  const material = await crypto.subtle.importKey('raw', encoder.encode(root), 'HKDF', false, ['deriveKey']);
  return crypto.subtle.deriveKey(
    {
      name: 'HKDF',
      hash: 'SHA-256',
      salt: new Uint8Array(),
      info: encoder.encode('headway webhook-secret'),
    },
    material,
    { name: 'AES-GCM', length: 256 },
    false,
    ['encrypt', 'decrypt'],
  );
}
