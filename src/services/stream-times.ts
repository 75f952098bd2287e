import { CREDENTIAL_HELD } from './access/caller';

/** What a stream goes by, in ms. */
export interface StreamTimes {
  /** After so long without a word there is a sign that the stream lives. */
  quiet: number;
  /** The credential is looked at again so often, from when it was looked up on. */
  renewal: number;
}

export const STREAM_TIMES: StreamTimes = { quiet: 15_000, renewal: CREDENTIAL_HELD };
