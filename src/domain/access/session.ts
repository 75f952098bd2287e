/** A sign-in by a key, as its organization keeps it, without its secret. Times in ms since 1970. */
export interface Session {
  session_id: string;
  /** The key that it was made with: it may what the key may. */
  key_id: string;
  created_at: number;
  /** From then on it opens nothing: its own end, or before that the one of its key, or of the key's secret. */
  expires_at: number;
}

/** How long a sign-in lasts (ms). */
export const SESSION_LIFE = 28_800_000;
/** How long a code signs in that nobody has used (ms). */
export const CODE_LIFE = 600_000;
/** The most sign-ins of one key that stand at a time. */
export const KEY_SESSION_LIMIT = 100;
