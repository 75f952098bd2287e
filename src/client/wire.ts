import type { Schemas } from './schemas.ts';
import type { Transport } from './transport.ts';
import type { Control } from './types.ts';

/** What a job answers to reports. */
export type Answer = Partial<Schemas['ReportedBatch']> & { control: Control };

export interface WireOptions {
  transport: Transport;
  jobId: string;
  /** Hears of a cancellation that no answer brought. */
  cancelled: (cancel: NonNullable<Control['cancel']>) => void;
}

/** Another way to a job than a request for each batch. */
export interface Wire {
  /** The answer to a batch, which is JSON as it would be POSTed; null where there was none: then it is POSTed. */
  send(body: string, key: string | undefined): Promise<Answer | null>;
  close(): void;
}

export type OpenWire = (options: WireOptions) => Wire;
