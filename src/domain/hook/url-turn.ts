/** Which of its URLs a hook is served at. Each has a number, 0 for the one that it was made with. */
export interface UrlTurns {
  url_turn?: number | null;
  /** Until when the URL before is served too (ms since 1970). */
  older_url_until?: number | null;
}

/** Whether a delivery to the URL of `turn` is served at `now`: to the newest, and to the one before until its grace is over. */
export function servesUrl({ url_turn, older_url_until }: UrlTurns, turn: number, now: number): boolean {
  const newest = url_turn ?? 0;
  return turn === newest || (turn === newest - 1 && now < (older_url_until ?? 0));
}

/** The turns of a hook that is given another URL at `now`; the one before is served for `grace` ms more. */
export function nextUrl({ url_turn }: UrlTurns, grace: number, now: number): Required<UrlTurns> {
  return { url_turn: (url_turn ?? 0) + 1, older_url_until: grace === 0 ? null : now + grace };
}
