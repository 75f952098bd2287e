import { write } from 'node:fs';
import type { Readable } from 'node:stream';
import { note } from '../note.ts';

/** Once its writer has ended, what others still write into the pipe is waited for as long as this (ms). */
const QUIET = 100;
const LONGEST = 1_000;
/** How long before a full non-blocking pipe is tried again (ms). */
const AGAIN = 5;
/** Nobody reads any more: a pipe whose reader has ended, a terminal that is closed. */
const GONE = ['EPIPE', 'EIO'];

/**
 * Passes on what comes from a program to one of our own outputs, byte for byte, at the pace at which it is read there. Writes
 * wait in no turn of ours, so that a reader that stops doesn't stop the reports. Where nobody reads there any more the bytes
 * go nowhere; where they can't be written, on a disk that is full, say, the program is told as by a broken pipe.
 */
export class Passing {
  readonly #source: Readable;
  readonly #fd: number;
  #open = true;
  #lost = false;
  #writing = false;
  #ended = false;
  #heardAt = 0;
  #settled = () => {};
  #settling: { timer: NodeJS.Timeout; until: number } | null = null;

  /** Whether bytes are lost that somebody waits for. */
  get lost(): boolean {
    return this.#lost;
  }

  /** `see` is shown each piece before it is passed on; `ended` is called once there are no more. */
  constructor(source: Readable, fd: number, see: (bytes: Buffer) => void) {
    this.#source = source;
    this.#fd = fd;
    source.on('data', (bytes: Buffer) => {
      this.#heardAt = Date.now();
      see(bytes);
      if (this.#open) this.#pass(bytes);
    });
    source.on('end', () => this.#end());
    source.on('error', () => this.#end());
    source.on('close', () => this.#end());
  }

  /**
   * Resolves once all that its program has written is passed on. The program has ended: whoever else holds the pipe, a
   * server that it left behind, say, is not waited for.
   */
  settle(): Promise<void> {
    return new Promise((resolve) => {
      this.#settled = resolve;
      if (this.#ended && !this.#writing) resolve();
      else {
        this.#heardAt = Date.now();
        this.#settling = { timer: setInterval(() => this.#look(), QUIET / 4), until: Date.now() + LONGEST };
      }
    });
  }

  #look(): void {
    // While a slow reader is waited for nothing is read, so nothing is known.
    if (this.#writing || this.#settling === null) return;
    const now = Date.now();
    if (this.#ended || now - this.#heardAt >= QUIET || now >= this.#settling.until) this.#settle();
  }

  #settle(): void {
    if (this.#settling !== null) clearInterval(this.#settling.timer);
    this.#settling = null;
    this.#source.destroy();
    this.#settled();
  }

  #end(): void {
    this.#ended = true;
    if (!this.#writing && this.#settling !== null) this.#settle();
  }

  #broken({ code, message }: NodeJS.ErrnoException): void {
    this.#open = false;
    if (GONE.includes(code ?? '')) return;
    this.#lost = true;
    note(`what the command writes can’t be passed on: ${message}`);
    this.#source.destroy();
  }

  #pass(bytes: Buffer): void {
    this.#writing = true;
    this.#source.pause();
    const next = (from: number) => {
      write(this.#fd, bytes, from, bytes.length - from, null, (error, written) => {
        if (error?.code === 'EAGAIN') setTimeout(next, AGAIN, from);
        else if (error === null && from + written < bytes.length) next(from + written);
        else {
          this.#writing = false;
          this.#heardAt = Date.now();
          if (error !== null) this.#broken(error);
          if (this.#ended || this.#lost) this.#end();
          else this.#source.resume();
        }
      });
    };
    next(0);
  }
}
