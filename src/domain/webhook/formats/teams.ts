import type { Tone } from '../../base/palette';
import type { Notice } from './notice';

/** Cards name colours by what they mean, and the channel's theme draws them. */
const STYLES: Record<Tone, string> = {
  active: 'accent',
  good: 'good',
  warning: 'warning',
  bad: 'attention',
  quiet: 'emphasis',
};

/**
 * A message with an Adaptive Card, as a Teams workflow takes it. Its texts are `TextRun`s, which know no Markdown.
 * Source: Adaptive Cards 1.4, RichTextBlock and Container.
 */
export function teams({ title, text, tone, link }: Notice): object {
  const run = (value: string, weight: string) => ({ type: 'TextRun', text: value, weight });
  const line = { type: 'RichTextBlock', inlines: [run(`${title}: `, 'Bolder'), run(text, 'Default')] };
  const open = link === null ? {} : { selectAction: { type: 'Action.OpenUrl', title: 'Details', url: link } };
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    body: [{ type: 'Container', style: STYLES[tone], bleed: true, items: [line], ...open }],
  };
  const contentType = 'application/vnd.microsoft.card.adaptive';
  return { type: 'message', attachments: [{ contentType, contentUrl: null, content }] };
}
