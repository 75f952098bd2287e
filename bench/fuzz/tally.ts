/** What a run has found, told as it is found, and what it has tried. */
import type { Input } from './inputs.ts';
import type { Answer } from './wire.ts';

/** Faults that are told in full. */
const TOLD = 10;
const SHOWN = 1_500;

export class Tally {
  /** Secrets that answers have shown, where they were made. */
  readonly secrets = new Set<string>();
  readonly statuses = new Map<number | null, number>();
  /** By operation: how often it took an input, and how often not. */
  readonly operations = new Map<string, { taken: number; refused: number }>();
  faults = 0;
  /** Requests that found the service too busy, which a busy machine makes it. */
  busy = 0;
  /** Refusals after which the tenant was looked at. */
  compared = 0;

  counted({ operation, odd }: Input, status: number | null): void {
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
    if (odd !== null || status === null) return;
    const counts = this.operations.get(operation.id) ?? { taken: 0, refused: 0 };
    if (status < 400) counts.taken += 1;
    else counts.refused += 1;
    this.operations.set(operation.id, counts);
  }

  fault(number: number, input: Input, what: string, answer: Answer | null): void {
    const body = answer === null ? '' : `\n  answer: ${shown(answer.body)}`;
    this.#tell(`input ${number}, ${input.intent}, ${input.operation.id} ${what}${described(input)}${body}`);
  }

  /** One of these refusals has changed something. */
  changed(refused: readonly Input[], before: string, after: string): void {
    let at = 0;
    while (before[at] === after[at]) at += 1;
    const from = Math.max(0, at - 100);
    const difference = [before, after].map((text) => text.slice(from, at + 200));
    this.#tell(
      `a refusal changed something\n  before: ${difference[0]}\n  after:  ${difference[1]}\n  one of:${refused.map(described).join('')}`,
    );
  }

  /** A fault of the run as a whole. */
  broken(what: string): void {
    this.#tell(what);
  }

  #tell(text: string): void {
    this.faults += 1;
    if (this.faults <= TOLD) console.log(`FAULT: ${text}`);
  }
}

function described({ bytes, odd }: Input): string {
  return `\n  request${odd === null ? '' : ` (${odd})`}: ${shown(bytes)}`;
}

/** Bytes as text on one line; the secrets in it are those of a run that is over. */
function shown(bytes: Buffer): string {
  const text = JSON.stringify(bytes.toString('latin1'));
  return text.length <= SHOWN ? text : `${text.slice(0, SHOWN)}… (${bytes.length} bytes)`;
}
