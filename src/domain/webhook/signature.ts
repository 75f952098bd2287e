const PREFIX = 'whsec_';
const encoder = new TextEncoder();

/** A webhook's secret from its random bytes (24–64): `whsec_` and base64, as Standard Webhooks has it. */
export function secretText(bytes: Uint8Array): string {
  return `${PREFIX}${bytes.toBase64()}`;
}

/** The headers of Standard Webhooks for `body` as it is sent: a signature by each secret, the newest first. */
export async function signedHeaders(
  secrets: readonly string[],
  id: string,
  now: number,
  body: string,
): Promise<Record<string, string>> {
  const timestamp = Math.floor(now / 1_000);
  const message = encoder.encode(`${id}.${timestamp}.${body}`);
  const signatures = await Promise.all(secrets.map((secret) => sign(secret, message)));
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signatures.join(' '),
  };
}

async function sign(secret: string, message: Uint8Array): Promise<string> {
  const bytes = Uint8Array.fromBase64(secret.slice(PREFIX.length));
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', bytes, algorithm, false, ['sign']);
  return `v1,${new Uint8Array(await crypto.subtle.sign('HMAC', key, message)).toBase64()}`;
}
