import type { Rejection } from '../domain/base/rejection';
import { HeadAndTail } from '../domain/line/head-and-tail';
import { Gathered } from './gathered';
import { tooMany } from './read-body';
import { BODY_PACE, type Pace, Silence } from './silence';
import { TextDecoding } from './text-decoding';

/** What is read of a body of several parts (bytes); a part ends there at the latest. */
const PARTS = 8_388_608;

/**
 * The text of a body of any size, its head and tail where it is long. A body that breaks off or falls silent is what came
 * of it. One of several parts is its first part of text: it is gathered, counts among the bodies of `sender`, and is given up
 * as any other; a plain one may go on as long as what it comes from.
 */
export async function readText(
  request: Request,
  sender: string,
  pace = BODY_PACE,
): Promise<string | Rejection> {
  const type = request.headers.get('Content-Type');
  if (request.body === null || request.headers.has('Content-Encoding')) return '';
  const boundary = boundaryOf(type);
  if (boundary !== null) return firstPart(request.body, type ?? '', boundary, sender, pace);
  const [decoding, text] = [new TextDecoding(type), new HeadAndTail()];
  await drain(request.body, { ...pace, longest: Number.POSITIVE_INFINITY }, (bytes) => {
    text.add(decoding.add(bytes));
    return true;
  });
  text.add(decoding.end());
  return text.text;
}

/** The boundary of a body of several parts; null where it is none. */
export function boundaryOf(contentType: string | null): string | null {
  const [, quoted, plain] =
    /^\s*multipart\/form-data\s*;.*?\bboundary=(?:"([^"]*)"|([^\s;]+))/i.exec(contentType ?? '') ?? [];
  return quoted ?? plain ?? null;
}

async function firstPart(
  body: ReadableStream<Uint8Array>,
  type: string,
  boundary: string,
  sender: string,
  pace: Pace,
): Promise<string | Rejection> {
  const gathered = new Gathered(PARTS, sender);
  const { held } = gathered;
  try {
    await drain(body, pace, (bytes) => {
      gathered.add(bytes);
      return !held.dropped;
    });
    if (held.dropped) return tooMany();
    held.end();
    // What is not all there is closed here, so that its first part can be read.
    for (const end of ['', `\r\n--${boundary}--\r\n`]) {
      const text = await firstText(new Blob([gathered.bytes, end]), type).catch(() => null);
      if (text !== null) return text;
    }
    return '';
  } finally {
    held.letGo();
  }
}

async function firstText(body: Blob, type: string): Promise<string> {
  const form = await new Response(body, { headers: { 'Content-Type': type } }).formData();
  const parts = [...form.values()];
  const part = parts.find((one) => typeof one === 'string' || one.type.startsWith('text/')) ?? parts[0] ?? '';
  if (typeof part === 'string') return part;
  const [decoding, text] = [new TextDecoding(part.type), new HeadAndTail()];
  text.add(decoding.add(new Uint8Array(await part.arrayBuffer())));
  text.add(decoding.end());
  return text.text;
}

/** Reads a body to its end, or as far as it comes and `take` goes on. */
async function drain(
  body: ReadableStream<Uint8Array>,
  { silence, longest }: Pace,
  take: (bytes: Uint8Array) => boolean,
): Promise<void> {
  const reader = body.getReader();
  const cancel = () => void reader.cancel().catch(() => undefined);
  const silent = new Silence(silence, cancel, longest);
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      silent.heard();
      if (!take(value)) return cancel();
    }
  } catch {
    // It broke off: what came has been taken.
  } finally {
    silent.end();
  }
}
