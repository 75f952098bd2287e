/** The part of Node's crypto that partners sign with here: Node's own types would clash with the Workers'. */
declare module 'node:crypto' {
  interface Hmac {
    update(data: string): Hmac;
    digest(encoding: 'hex' | 'base64'): string;
  }
  interface KeyObject {
    export(options: { format: 'der'; type: 'spki' }): Uint8Array;
  }
  interface KeyPair {
    publicKey: KeyObject;
    privateKey: KeyObject;
  }
  export function createHmac(algorithm: string, key: string | Uint8Array): Hmac;
  export function createHash(algorithm: string): Hmac;
  export function generateKeyPairSync(type: 'ed25519' | 'ec', options?: { namedCurve: string }): KeyPair;
  export function sign(algorithm: string | null, data: Uint8Array, key: KeyObject): Uint8Array;
}
