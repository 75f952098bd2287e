import { coloursOf } from '../../base/palette';
import type { Notice } from './notice';

/** A message of an incoming webhook: an embed in the outcome's colour, which may mention nobody. Source: Discord's reference, Execute Webhook. */
export function discord({ title, text, tone, link }: Notice): object {
  const color = Number.parseInt(coloursOf('light', tone).fill.slice(1), 16);
  const embed = {
    title: escaped(title),
    description: escaped(text),
    color,
    ...(link === null ? {} : { url: link }),
  };
  return { embeds: [embed], allowed_mentions: { parse: [] } };
}

/** Every ASCII punctuation character may be escaped in Markdown, and then begins nothing. */
function escaped(text: string): string {
  return text.replace(/[!-/:-@[-`{-~]/g, '\\$&');
}
