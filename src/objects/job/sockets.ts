/** Sockets that one job holds, of both kinds. Source: issue 6, "Limits". */
export const SOCKETS_A_JOB = 5_000;

/** What the socket of a Worker is for: telling its client of the job, or taking its client's reports. */
export type SocketKind = 'watch' | 'report';

/** Takes in a socket that hibernates: the end that is kept and the one that is handed out, null where there is no room. */
export function takeSocket(
  ctx: DurableObjectState,
  kind: SocketKind,
): { ours: WebSocket; theirs: WebSocket } | null {
  if (openSockets(ctx).length >= SOCKETS_A_JOB) return null;
  const { 0: theirs, 1: ours } = new WebSocketPair();
  ctx.acceptWebSocket(ours, [kind]);
  return { ours, theirs };
}

export function openSockets(ctx: DurableObjectState, kind?: SocketKind): WebSocket[] {
  return ctx.getWebSockets(kind).filter(({ readyState }) => readyState === WebSocket.OPEN);
}
