/** Has the runtime finish `work`, though the client that caused it is gone. */
export type KeepAlive = (work: Promise<unknown>) => void;
