import { discord } from './discord';
import { type Notice, noticeOf } from './notice';
import { ntfy } from './ntfy';
import { slack } from './slack';
import { teams } from './teams';

/** How an endpoint is told: the event itself as JSON, or a line for people as a chat or a phone takes it. */
export const FORMATS = ['standard', 'slack', 'discord', 'teams', 'ntfy'] as const;
export type Format = (typeof FORMATS)[number];

/** A message as it is sent: the same for the same event at every attempt. */
export interface Shaped {
  headers: Record<string, string>;
  body: string;
}

const JSON_TYPE = { 'Content-Type': 'application/json; charset=utf-8' };

const CHATS: Record<'slack' | 'discord' | 'teams', (notice: Notice) => object> = { slack, discord, teams };

/** `event` is the text of an event as the standard format sends it. */
export function shape(format: Format, event: string): Shaped {
  if (format === 'standard') return { headers: JSON_TYPE, body: event };
  const notice = noticeOf(event);
  if (format === 'ntfy') return ntfy(notice);
  return { headers: JSON_TYPE, body: JSON.stringify(CHATS[format](notice)) };
}
