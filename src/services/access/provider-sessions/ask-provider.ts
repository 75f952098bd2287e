import { log } from '../../../log';

/** More bytes are no answer of a provider's. */
const MOST_BYTES = 262_144;

export interface ProviderAnswer {
  status: number;
  /** The body as JSON; null where it is none. */
  json: unknown;
}

/**
 * Sends one request to a provider; null where it is away, or takes longer than `patience` (ms), its body included. It
 * follows no redirect.
 */
export async function askProvider(
  patience: number,
  url: string,
  init: RequestInit = {},
): Promise<ProviderAnswer | null> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), patience);
  try {
    const answer = await fetch(url, { ...init, redirect: 'manual', signal: stop.signal });
    return { status: answer.status, json: jsonOf(await textOf(answer)) };
  } catch (cause) {
    log('warn', 'session_provider_away', { url, cause });
    return null;
  } finally {
    clearTimeout(timer);
  }
}

async function textOf({ body }: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const bytes of body ?? []) {
    text += decoder.decode(bytes, { stream: true });
    if (text.length > MOST_BYTES) throw new Error('the answer is too long');
  }
  return text + decoder.decode();
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
