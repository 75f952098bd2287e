import { Complaint } from '../complaint.ts';
import { EXIT } from '../exit-codes.ts';
import type { ChildNews } from './child-news.ts';

/*
 * `--parse`: a line as the program writes it, with holes for what is read: `step {processed} of {total}: {message}`. Every
 * line is read in time that is linear in its length, whatever the pattern, which a regular expression does not promise.
 */

type NumberHole = 'processed' | 'total' | 'percent';
type TextHole = 'stage' | 'message' | '';

/** What stands side by side without text to be skipped: texts, numbers and blanks. */
type Part = { text: string } | { number: NumberHole } | { blanks: true };
type Numbers = Partial<Record<NumberHole, number>>;

/** A longer line is prose. */
const LONGEST = 8_192;
const ITEMS = /\d{1,16}(?:,\d{3}){0,5}(?![.,]?\d)/y;
const PERCENT = /\d{1,3}(?:\.\d{1,6})?(?![.,]?\d)/y;

export class LinePattern {
  /** Pieces that follow one another, hole n before piece n and the last behind them all. */
  readonly #pieces: Part[][];
  readonly #holes: (TextHole | null)[];

  /** Throws a `Complaint` where the pattern has no meaning. */
  constructor(pattern: string) {
    const { pieces, holes } = piecesOf(pattern);
    this.#pieces = pieces;
    this.#holes = holes;
  }

  /** What the first place that fits says; null where none does. */
  read(line: string): ChildNews | null {
    if (line.length > LONGEST) return null;
    const numbers: Numbers = {};
    const texts: Partial<Record<TextHole, string>> = {};
    let at = 0;
    for (const [n, piece] of this.#pieces.entries()) {
      const found = find(line, piece, at);
      if (found === null) return null;
      const hole = this.#holes[n];
      if (hole) texts[hole] = line.slice(at, found.start).trim();
      Object.assign(numbers, found.numbers);
      at = found.end;
    }
    const last = this.#holes[this.#pieces.length];
    if (last) texts[last] = line.slice(at).trim();
    return toldOf(numbers, texts);
  }
}

function toldOf(
  { processed, total, percent }: Numbers,
  { stage, message }: Record<string, string>,
): ChildNews | null {
  const told: ChildNews = {
    ...(stage ? { stage } : {}),
    ...(message ? { message } : {}),
  };
  if (percent !== undefined) {
    if (percent > 100) return null;
    told.count = { hundredths: Math.floor(percent * 100 + 1e-6) };
  } else if (processed !== undefined) {
    if (!Number.isSafeInteger(processed) || !Number.isSafeInteger(total ?? 0)) return null;
    told.count = { processed, total: total === undefined || total === 0 ? null : total };
  }
  return Object.keys(told).length === 0 ? null : told;
}

const WRONG = {
  brace: 'a brace that is meant is written twice',
  holes: 'its holes are {processed}, {total}, {percent}, {stage}, {message} and {}',
  twice: 'a hole stands twice',
  texts: 'two holes for text stand side by side',
  numbers: 'two numbers stand side by side',
  digits: 'what follows a number must not begin as a number goes on',
  unknown: 'it needs text or a number that its lines are known by',
  nothing: 'nothing is read by it: {processed}, {percent}, {stage} or {message}',
};

/** The pieces, and the hole before each; one hole more, behind the last. */
function piecesOf(pattern: string): { pieces: Part[][]; holes: (TextHole | null)[] } {
  const wrong = (why: keyof typeof WRONG) =>
    new Complaint(`${JSON.stringify(pattern)}: ${WRONG[why]}`, EXIT.usage);
  const pieces: Part[][] = [];
  const holes: (TextHole | null)[] = [];
  const used = new Set<string>();
  let piece: Part[] = [];
  let hole: TextHole | null = null;
  const close = () => {
    // Blanks beside a hole for text belong to it.
    while (piece[0] !== undefined && 'blanks' in piece[0]) piece.shift();
    while (piece.length > 0 && 'blanks' in (piece.at(-1) as Part)) piece.pop();
    if (piece.length === 0) return;
    pieces.push(piece);
    holes.push(hole);
    [piece, hole] = [[], null];
  };
  for (const [token] of pattern.matchAll(/\{\{|\}\}|\{\w*\}|\s+|[^{}\s]+|[{}]/g)) {
    const before = piece.at(-1);
    const afterNumber = before !== undefined && 'number' in before;
    const name = /^\{(\w*)\}$/.exec(token)?.[1];
    if (name === undefined) {
      if (token === '{' || token === '}') throw wrong('brace');
      const text = token === '{{' || token === '}}' ? token.charAt(0) : token;
      if (/^\s/.test(text)) piece.push({ blanks: true });
      else if (afterNumber && /^[\d.,]/.test(text)) throw wrong('digits');
      else if (before !== undefined && 'text' in before) before.text += text;
      else piece.push({ text });
      continue;
    }
    if (name !== '' && used.has(name)) throw wrong('twice');
    used.add(name);
    if (isNumberHole(name)) {
      if (afterNumber) throw wrong('numbers');
      piece.push({ number: name });
    } else if (isTextHole(name)) {
      close();
      if (hole !== null) throw wrong('texts');
      hole = name;
    } else throw wrong('holes');
  }
  close();
  if (pieces.length === 0) throw wrong('unknown');
  if (!['processed', 'percent', 'stage', 'message'].some((name) => used.has(name))) throw wrong('nothing');
  return { pieces, holes: [...holes, hole] };
}

function isNumberHole(name: string): name is NumberHole {
  return ['processed', 'total', 'percent'].includes(name);
}

function isTextHole(name: string): name is TextHole {
  return ['stage', 'message', ''].includes(name);
}

interface Match {
  start: number;
  end: number;
  numbers: Numbers;
}

/** The first place from `from` on where the piece stands. */
function find(line: string, piece: Part[], from: number): Match | null {
  const [first] = piece;
  for (let start = from; start <= line.length; start++) {
    if (first !== undefined && 'text' in first) {
      start = line.indexOf(first.text, start);
      if (start < 0) return null;
    }
    // A number is read from its first digit on, so that no digit is looked at twice.
    else if (/[\d.,]/.test(line.charAt(start - 1))) continue;
    const match = matchAt(line, piece, start);
    if (match !== null) return match;
  }
  return null;
}

function matchAt(line: string, piece: Part[], start: number): Match | null {
  const numbers: Numbers = {};
  let at = start;
  for (const part of piece) {
    if ('text' in part) {
      if (!line.startsWith(part.text, at)) return null;
      at += part.text.length;
    } else if ('blanks' in part) {
      const from = at;
      while (/\s/.test(line.charAt(at))) at += 1;
      if (at === from) return null;
    } else {
      const written = numberAt(line, at, part.number);
      if (written === '') return null;
      numbers[part.number] = Number(written.replaceAll(',', ''));
      at += written.length;
    }
  }
  return { start, end: at, numbers };
}

/** `5`, `1,200`, and of per cents `45.5`; empty where none begins here. */
function numberAt(line: string, at: number, hole: NumberHole): string {
  const pattern = hole === 'percent' ? PERCENT : ITEMS;
  pattern.lastIndex = at;
  return pattern.exec(line)?.[0] ?? '';
}
