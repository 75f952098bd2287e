import { holds } from '../../domain/hook/condition';
import { greet } from '../../domain/hook/handshake';
import type { Once } from '../../domain/hook/once';
import type { InboundDelivery, SignatureFault } from '../../domain/hook/read-claim';
import { jsonReply, type Reply } from '../../http/endpoint';
import type { Refused } from '../../http/problem';
import type { FoundHook, OpenHook, Verified } from '../../services/hooks/arrivals';
import { faultOfOnce, onceOf } from '../../services/hooks/delivery-key';
import { itemsOf } from './items';
import { readDelivery } from './read-delivery';
import { readPayload } from './read-payload';

/** Headers of a trial that are its own, and never its sender's. */
const OWN = ['authorization', 'cookie'];

/** The delivery that a trial shows: its body and its headers, as if they had come to the hook's URL. */
export function shownDelivery({ headers }: Request, raw: Uint8Array, url: string): InboundDelivery {
  const header = (name: string) => (OWN.includes(name.toLowerCase()) ? null : headers.get(name));
  return { method: 'POST', url, header, raw };
}

/** What such a delivery proves of its sender; null where that would be by what is the trial's own. */
export async function senderShown(
  { hook, verify }: FoundHook,
  delivery: InboundDelivery,
  now: number,
): Promise<Sender> {
  const { proof } = hook.customs;
  const own = proof.by === 'basic' || (proof.by === 'header' && OWN.includes(proof.header));
  return own || proof.by === 'url' ? null : toSender(await verify(delivery, now));
}

/** What is proven of a sender, or why it is not; null where that is not to be told. */
export type Sender = 'proven' | SignatureFault | null;

export function toSender(verified: Verified | SignatureFault): Sender {
  return typeof verified === 'string' ? verified : 'proven';
}

/** What a delivery would do: nothing is done or kept. Of an array of items the first is tried. */
export async function tryDelivery(
  hook: Pick<OpenHook, 'mapping' | 'customs' | 'caller'>,
  { header, raw }: InboundDelivery,
  sender: Sender,
): Promise<Reply | Refused> {
  const { mapping, customs, caller } = hook;
  const { handshake } = customs;
  const read = readDelivery(raw, header('content-type'), mapping.answer === 'line');
  if ('code' in read) return { rejection: read };
  const passed = { action: mapping.action, ...PASSED, sender };
  if (handshake !== undefined && greet(handshake, read.json, header) !== null) {
    return jsonReply(200, { ...passed, handshake: true });
  }
  const items = itemsOf(mapping.each, read, header);
  if ('code' in items) return { rejection: items };
  const [item] = items;
  if (item === undefined) return jsonReply(200, passed);
  const { sent, adjusted } = item;
  // What is passed over is shown as it would be mapped, where it can be.
  const ignored = !holds(mapping.when ?? [], sent);
  const reading = await readPayload(caller, mapping, sent, adjusted);
  if ('code' in reading) return ignored ? jsonReply(200, passed) : { rejection: reading };
  const { body, job, key } = reading.mapped;
  const once = onceOf(hook);
  const unsame = key === null && once !== null ? faultOfOnce(once, sent) : null;
  if (unsame !== null) return ignored ? jsonReply(200, passed) : { rejection: unsame };
  return jsonReply(200, {
    action: reading.action,
    ignored,
    handshake: false,
    sender,
    body,
    job_id: null,
    job_key: null,
    ...job,
    ...(reading.action === 'report' ? { job_id: reading.jobId } : {}),
    same_by: key === null ? sameBy(once, hook) : 'idempotency_key',
    idempotency_key: key,
  });
}

/** What a trial answers of what is mapped by nothing. */
const PASSED = {
  ignored: true,
  handshake: false,
  body: {},
  job_id: null,
  job_key: null,
  same_by: 'nothing',
  idempotency_key: null,
};

function sameBy(once: Once | null, { customs: { proof } }: Pick<OpenHook, 'customs'>): string {
  if (once !== null) return once.by === 'nothing' ? 'nothing' : 'once';
  return proof.by === 'signature' && proof.id_header !== null ? 'delivery_id' : 'digest';
}
