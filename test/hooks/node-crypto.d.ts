/** The part of Node's crypto that partners sign with here: Node's own types would clash with the Workers'. */
declare module 'node:crypto' {
  interface Hmac {
    update(data: string): Hmac;
    digest(encoding: 'hex' | 'base64'): string;
  }
  export function createHmac(algorithm: string, key: string): Hmac;
}
