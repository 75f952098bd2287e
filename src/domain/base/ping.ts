/** What asks an object whether it is still there, and its answer; the runtime answers for an object that sleeps. */
export const PING = 'ping';
export const PONG = 'pong';
