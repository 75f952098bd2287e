/**
 * The client of Headway for whoever does the work, and for whoever watches it. It needs `fetch`, streams, timers and WebCrypto,
 * as every runtime and browser has them.
 */
import './last-words.ts';

export { Operator, type OperatorOptions } from './operator.ts';
export * from './page.ts';
export { Headway } from './process-headway.ts';
export type { AuditFilter } from './reading.ts';
export { overSocket } from './socket-wire.ts';
export { verifyWebhook, type WebhookCheck, type WebhookEvent } from './verify-webhook.ts';
