import type { Tone } from '../../base/palette';
import type { Notice } from './notice';

/** Emoji by their short names, which ntfy shows before the title: it knows no colours. Source: ntfy's list of tags. */
const TAGS: Record<Tone, string> = {
  active: 'large_blue_circle',
  good: 'white_check_mark',
  warning: 'warning',
  bad: 'rotating_light',
  quiet: 'white_circle',
};

/** A message to a topic as plain text. Its headers are ASCII and hold no text of a job's. Source: ntfy, Publishing. */
export function ntfy({ type, title, text, tone, link }: Notice) {
  const headers = {
    'Content-Type': 'text/plain; charset=utf-8',
    Title: `Headway: ${type.replace(/^job\./, '').replaceAll(/[._]/g, ' ')}`,
    Tags: TAGS[tone],
    Priority: tone === 'bad' ? 'high' : 'default',
    ...(link === null ? {} : { Click: link }),
  };
  return { headers, body: `${title}: ${text}` };
}
