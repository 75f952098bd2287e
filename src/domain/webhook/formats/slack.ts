import { coloursOf } from '../../base/palette';
import type { Notice } from './notice';

/**
 * A message of an incoming webhook: a block of `plain_text`, which knows no markup, beside a bar in the outcome's colour.
 * Source: Slack's reference of blocks and of secondary attachments.
 */
export function slack({ title, text, tone, link }: Notice): object {
  const line = `${title}: ${text}`;
  const block = { type: 'section', text: { type: 'plain_text', text: line, emoji: false } };
  const blocks = link === null ? [block] : [block, linkBlock(link)];
  return { attachments: [{ color: coloursOf('light', tone).fill, fallback: escaped(line), blocks }] };
}

/** The one piece of markup: a `|` or `>` of the address would end it. */
function linkBlock(link: string): object {
  const address = escaped(link.replaceAll('|', '%7C').replaceAll('>', '%3E').replaceAll('<', '%3C'));
  return { type: 'context', elements: [{ type: 'mrkdwn', text: `<${address}|Details>` }] };
}

/** What a notification shows is read as markup, in which these three alone begin something. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
