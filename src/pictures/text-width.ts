/**
 * Widths of Helvetica's glyphs in thousandths of the font's size, from space to ~: those of Arial, Liberation Sans and
 * Nimbus Sans too, and a hair more than those of most other sans-serif faces.
 */
const ASCII = [
  278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556,
  556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278,
  500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469,
  556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500,
  278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
];
const OTHER = 620;
const WIDE = 1_000;
/** East Asian scripts, and pictographs: a full square each. */
const SQUARE =
  /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Emoji_Presentation}\p{Extended_Pictographic}\u3000-\u303f\uff00-\uff60]/u;
/** Scripts that write a syllable as a cluster: each letter in it takes room, a sign beside it less, one above or below none. */
const NARROW_CLUSTERS =
  /[\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Gujarati}\p{Script=Gurmukhi}\p{Script=Telugu}\p{Script=Kannada}\p{Script=Thai}\p{Script=Lao}\p{Script=Tibetan}]/u;
const BROAD_CLUSTERS =
  /[\p{Script=Tamil}\p{Script=Malayalam}\p{Script=Oriya}\p{Script=Sinhala}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const NARROW = 580;
const BROAD = 780;
/** Of a letter's width: a letter that joins the next one (a virama stands behind it), and a sign beside a letter. */
const JOINED = 0.4;
const BESIDE = 0.45;
/** A letter with what makes it join the next, a letter, or a sign that takes room. */
const CLUSTER_PARTS =
  /(\p{L}\p{Mn}*[\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d4d\u0dca\u1039\u17d2])|(\p{L}|\p{N})|(\p{Mc})/gu;
const KNOWN: Record<string, number> = { '·': 278, '…': WIDE, '–': 556, '—': WIDE };

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** The width of `text` at font size `size`, in the same unit: what it is likely to take without any web font. */
export function textWidth(text: string, size: number): number {
  let thousandths = 0;
  for (const { segment } of segmenter.segment(text)) thousandths += widthOf(segment);
  return (thousandths * size) / 1_000;
}

/** `text` cut between characters as people see them, with `…`, so that it is at most `most` wide. */
export function fitText(text: string, size: number, most: number): string {
  if (textWidth(text, size) <= most) return text;
  let width = textWidth('…', size);
  let cut = '';
  for (const { segment } of segmenter.segment(text)) {
    width += textWidth(segment, size);
    if (width > most) break;
    cut += segment;
  }
  return `${cut.trimEnd()}…`;
}

function widthOf(character: string): number {
  const ascii = character.length === 1 ? ASCII[character.charCodeAt(0) - 32] : undefined;
  return ascii ?? KNOWN[character] ?? (SQUARE.test(character) ? WIDE : clusterWidth(character));
}

function clusterWidth(cluster: string): number {
  const letter = NARROW_CLUSTERS.test(cluster) ? NARROW : BROAD_CLUSTERS.test(cluster) ? BROAD : null;
  if (letter === null) return OTHER;
  let letters = 0;
  for (const [, joined, alone] of cluster.matchAll(CLUSTER_PARTS)) {
    letters += joined !== undefined ? JOINED : alone !== undefined ? 1 : BESIDE;
  }
  return letters * letter;
}
