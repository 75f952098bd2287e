import { coloursOf } from '../../base/palette';
import type { Notice } from './notice';

/**
 * A message of an incoming webhook: a block of `plain_text`, which knows no markup, beside a bar in the outcome's colour.
 * Source: Slack's reference of blocks and of secondary attachments.
 */
export function slack({ title, text, tone }: Notice): object {
  const line = `${title}: ${text}`;
  const block = { type: 'section', text: { type: 'plain_text', text: line, emoji: false } };
  return {
    attachments: [{ color: coloursOf('light', tone).fill, fallback: escaped(line), blocks: [block] }],
  };
}

/** What a notification shows is read as markup, in which these three alone begin something. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
