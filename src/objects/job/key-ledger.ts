import { DAY } from '../../domain/base/time';
import { SKIP_REASONS, type SkipReason } from '../../domain/job/transition';
import type { UnitKey } from './contract';

/** What is kept of a keyed unit: 40 bytes. */
export interface KeyRecord {
  key: string;
  /** `bodyOf` the key. */
  body: string;
  revision: number;
  at: number;
  applied: boolean;
  reason: SkipReason | null;
}

/** Records of a segment, which is sealed once it is full: fewer sit in the job's row. */
export const SEGMENT_RECORDS = 32;
/** Segments that are kept. */
export const SEGMENTS = 32;
const RECORD_BYTES = 40;
const KEPT_RECORDS = 1_000;
const REASONS: (SkipReason | null)[] = [null, ...SKIP_REASONS];

/** What the job's row and the ring of segments are to hold after some records were added. */
export interface LedgerWrite {
  keys: Uint8Array | null;
  keys_total: number;
  sealed: { slot: number; records: Uint8Array }[];
}

/** A job's idempotency records: the newest 1,000 of the last 24 hours. Source: behaviour §2, protocols §7. */
export class KeyLedger {
  readonly #records = new Map<string, KeyRecord>();

  /** `segments` are the sealed records, oldest first, then those of the row. */
  constructor(segments: Iterable<Uint8Array>) {
    for (const segment of segments) {
      for (let at = 0; at < segment.byteLength; at += RECORD_BYTES) {
        const record = unpack(segment.subarray(at, at + RECORD_BYTES));
        this.#records.delete(record.key);
        this.#records.set(record.key, record);
      }
    }
    this.#prune();
  }

  find(key: string, now: number): KeyRecord | null {
    const record = this.#records.get(key);
    return record === undefined || now - record.at >= DAY ? null : record;
  }

  /** Adds records once their effect is stored. */
  remember(records: readonly KeyRecord[]): void {
    for (const record of records) {
      this.#records.delete(record.key);
      this.#records.set(record.key, record);
    }
    this.#prune();
  }

  #prune(): void {
    for (const key of this.#records.keys()) {
      if (this.#records.size <= KEPT_RECORDS) break;
      this.#records.delete(key);
    }
  }
}

/** The writes that add `records` to a row that holds `keys`: 1 row more for every 32 records. */
export function addRecords(
  keys: Uint8Array | null,
  total: number,
  records: readonly KeyRecord[],
): LedgerWrite {
  let open = keys ?? new Uint8Array();
  const sealed: LedgerWrite['sealed'] = [];
  for (const [index, record] of records.entries()) {
    open = concat(open, pack(record));
    if (open.byteLength >= SEGMENT_RECORDS * RECORD_BYTES) {
      const segment = Math.floor((total + index) / SEGMENT_RECORDS);
      sealed.push({ slot: segment % SEGMENTS, records: open });
      open = new Uint8Array();
    }
  }
  return { keys: open.byteLength === 0 ? null : open, keys_total: total + records.length, sealed };
}

/** What is kept of the body that a key came on. */
export function bodyOf({ body, value }: UnitKey): string {
  return value ?? body;
}

/** Whether a key came on the body that was `kept`: as the same JSON value, or as the bytes that an older build kept. */
export function isSameBody(kept: string | null, { body, value }: UnitKey): boolean {
  return kept !== null && (kept === value || kept === body);
}

function pack({ key, body, revision, at, applied, reason }: KeyRecord): Uint8Array {
  const bytes = new Uint8Array(RECORD_BYTES);
  bytes.set(fromHex(key), 0);
  bytes.set(fromHex(body), 16);
  const view = new DataView(bytes.buffer);
  setUint48(view, 24, revision);
  setUint48(view, 30, at);
  view.setUint8(36, applied ? 1 : 0);
  view.setUint8(37, REASONS.indexOf(reason));
  return bytes;
}

function unpack(bytes: Uint8Array): KeyRecord {
  const view = new DataView(bytes.buffer, bytes.byteOffset, RECORD_BYTES);
  return {
    key: bytes.subarray(0, 16).toHex(),
    body: bytes.subarray(16, 24).toHex(),
    revision: getUint48(view, 24),
    at: getUint48(view, 30),
    applied: view.getUint8(36) === 1,
    reason: REASONS[view.getUint8(37)] ?? null,
  };
}

function fromHex(text: string): Uint8Array {
  return Uint8Array.fromHex(text);
}

function setUint48(view: DataView, at: number, value: number): void {
  view.setUint16(at, Math.floor(value / 2 ** 32));
  view.setUint32(at + 2, value % 2 ** 32);
}

function getUint48(view: DataView, at: number): number {
  return view.getUint16(at) * 2 ** 32 + view.getUint32(at + 2);
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(a.byteLength + b.byteLength);
  bytes.set(a);
  bytes.set(b, a.byteLength);
  return bytes;
}
