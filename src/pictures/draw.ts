import { type Colours, coloursOf, type Theme, toneOf } from '../domain/base/palette';
import { linkOf } from '../domain/base/web-address';
import type { Summary } from '../domain/job/summary';
import { fitText, textWidth } from './text-width';
import { type Wording, wordingOf } from './wording';
import { escapeXml, plainLine } from './xml';

const HEIGHT = 20;
const SIZE = 11;
const BASELINE = 14;
/** Between an edge and a text, and between the bar's two texts at least. */
const PAD = 7;
const GAP = 12;
const LABEL_MOST = 180;
/** The badge's bar, and the whole of the wide picture, at least: stacked ones end at one edge. */
const BADGE_BAR = 96;
const PROGRESS_WIDTH = 420;
const FONT = "Helvetica,Arial,'Liberation Sans','Nimbus Sans',Roboto,sans-serif";

interface Text {
  x: number;
  width: number;
  text: string;
}

interface Picture {
  width: number;
  /** Where the bar begins; the label stands before it. */
  bar: number;
  label: Text;
  texts: Text[];
  /** Pixels of the bar that are done. */
  done: number;
  /** All that it says, in one sentence. */
  says: string;
}

/** The small picture: `Import | in progress 42%`, 20 px high and as wide as its words. */
export function badge(job: Summary, overdue: boolean): string {
  const words = wordingOf(job, overdue);
  const { status, percent, time } = words;
  return draw(job, words, joined(' · ', [joined(' ', [status, percent]), time]), null);
}

/** The wide picture: the name, then a bar with the status at its left and the rest at its right. */
export function progressBar(job: Summary, overdue: boolean): string {
  const words = wordingOf(job, overdue);
  const { status, percent, time } = words;
  return draw(job, words, status, joined(' · ', [time, percent]));
}

/** One text in the middle of the bar where `right` is null, else two at its ends. */
function draw(job: Summary, words: Wording, left: string, right: string | null): string {
  const name = plainLine(job.name) || 'job';
  const label = place(fitText(name, SIZE, LABEL_MOST), PAD);
  const bar = Math.ceil(label.width + 2 * PAD);
  const [first, last] = [place(left, bar + PAD), place(right ?? '', 0)];
  const inner = first.width + (right === null ? 0 : GAP + last.width) + 2 * PAD;
  const length = Math.max(right === null ? BADGE_BAR : PROGRESS_WIDTH - bar, Math.ceil(inner));
  const width = bar + length;
  if (right === null) first.x = bar + (length - first.width) / 2;
  last.x = width - PAD - last.width;
  const texts = [first, last].filter(({ text }) => text !== '');
  const done = pixelsDone(length, job.progress_percentage);
  return toSvg({ width, bar, label, texts, done, says: sentence(name, words) }, job);
}

/** Whole pixels, so that the edge is sharp: some as soon as anything is done, all of them only at the end. */
function pixelsDone(length: number, percent: number): number {
  if (percent <= 0 || percent >= 100) return percent <= 0 ? 0 : length;
  return Math.min(Math.max(Math.round((length * percent) / 100), 1), length - 1);
}

function joined(separator: string, words: (string | null)[]): string {
  return words.filter((word) => word !== null).join(separator);
}

function place(text: string, x: number): Text {
  return { x, width: textWidth(text, SIZE), text };
}

function sentence(name: string, { status, percent, time }: Wording): string {
  return `${name}: ${joined(', ', [status, percent, time])}`;
}

/** The bar's words are drawn twice, each in the colour that reads on its side, and cut where the bar is done. */
function toSvg({ width, bar, label, texts, done, says }: Picture, job: Summary): string {
  const edge = bar + done;
  const words = texts.map(textElement).join('');
  const spoken = escapeXml(says);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${HEIGHT}" viewBox="0 0 ${width} ${HEIGHT}" role="img" aria-label="${spoken}">\
<title>${spoken}</title>\
<style>${styles(job)}</style>\
<clipPath id="r"><rect width="${width}" height="${HEIGHT}" rx="4"/></clipPath>\
<clipPath id="d"><rect x="${bar}" width="${done}" height="${HEIGHT}"/></clipPath>\
<clipPath id="t"><rect x="${edge}" width="${width - edge}" height="${HEIGHT}"/></clipPath>\
<g clip-path="url(#r)" aria-hidden="true">\
<rect class="l" width="${bar}" height="${HEIGHT}"/><rect class="t" x="${bar}" width="${width - bar}" height="${HEIGHT}"/>\
<rect class="f" x="${bar}" width="${done}" height="${HEIGHT}"/>\
<g class="x">${textElement(label)}</g>\
<g class="u" clip-path="url(#t)">${words}</g><g class="g" clip-path="url(#d)">${words}</g>\
</g>${linkOver(job, width)}</svg>`;
}

/** Over all of it, for whoever opens the picture itself: in a page it is an image, and no link. */
function linkOver({ details_url }: Summary, width: number): string {
  const link = details_url ? linkOf(details_url) : null;
  if (link === null) return '';
  return `<a href="${escapeXml(link)}" rel="noopener noreferrer"><rect width="${width}" height="${HEIGHT}" fill-opacity="0"/></a>`;
}

/** A text takes the width it was given, whatever font it is drawn in: it neither overflows nor is cut off. */
function textElement({ x, width, text }: Text): string {
  const fitted = `textLength="${round(width)}" lengthAdjust="spacingAndGlyphs"`;
  return `<text x="${round(x)}" y="${BASELINE}" ${fitted}>${escapeXml(text)}</text>`;
}

function styles(job: Summary): string {
  const rules = (theme: Theme) => {
    const { label, onLabel, track, onTrack, fill, onFill }: Colours = coloursOf(theme, toneOf(job));
    return `.l{fill:${label}}.x{fill:${onLabel}}.t{fill:${track}}.u{fill:${onTrack}}.f{fill:${fill}}.g{fill:${onFill}}`;
  };
  return `text{font:${SIZE}px ${FONT}}${rules('light')}@media(prefers-color-scheme:dark){${rules('dark')}}`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
