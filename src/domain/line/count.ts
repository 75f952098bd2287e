/** What a line counts: items of a total, items alone, or hundredths of a percent of whatever the total is. */
export type Count =
  | { processed: number; total: number | null }
  /** 0–10,000. */
  | { hundredths: number };

/** A count that was found, and what the line says besides. */
export interface LineCount {
  count: Count;
  message: string;
}

/** A longer line is prose, and what looks for a count looks around each number. */
const LONGEST = 1_000;
const NUMBER = String.raw`\d{1,3}(?:,\d{3})+|\d+`;
/** No digit, letter, slash or point may stand beside a count: `1.5/3`, `10/12/2026` and `1/2px` are none. */
const CLEAR_BEFORE = String.raw`(?<![\p{L}\d/.,:_=#-])`;
const CLEAR_AFTER = String.raw`(?![\p{L}\d/_%-]|[.,:]\d)`;
const FRACTION = new RegExp(`${CLEAR_BEFORE}(${NUMBER})(?:\\s?/\\s?| of )(${NUMBER})${CLEAR_AFTER}`, 'gu');
const PERCENT = /(?<![\p{L}\d/.,:_=#-])(\d{1,3}(?:[.,]\d{1,4})?)\s?%(?![\p{L}\d/_%])/gu;
/** What bars are drawn with. */
const BAR = String.raw`[|\[({<]?[\u2500-\u259f#=>.\-~*_ ]{3,}[|\])}>]?`;
/** A bar of tqdm's where nothing but ASCII is drawn: its last piece is a digit, of tenths. */
const TENTHS = /\|(?=[#\d ]{2})#*\d? *\|/g;
const HAS_BAR = /[\u2500-\u259f]{2}|#{2}|={2}|\[[ #=>.-]{4,}\]|\|[ #=>.-]{4,}\|/;

const SHARE = /^\d{1,3}$/;
const SIZE = /^[\d.]+[kMGTP]?$/;
/** The words of a line of curl's meter, up to the time that it all will take. */
const CURL_METER = [SHARE, SIZE, SHARE, SIZE, SHARE, SIZE, SIZE, SIZE, /^[\d:-]+$/];

/** Programs whose lines hold other numbers too: where each of them has its overall figure. */
const FORMS: readonly ((line: string) => LineCount | null)[] = [rsync, curlMeter, tqdmOpen, sizes, frames];

/**
 * The count in a line that a program wrote for people, null where it holds none. A fraction or a percentage counts at the
 * line's beginning or end, in brackets, or beside a bar; of several in brackets or beside a bar the last, and of several
 * others none, since nothing tells which of them is meant.
 */
export function findCount(line: string): LineCount | null {
  if (line.length > LONGEST) return null;
  for (const form of FORMS) {
    const found = form(line);
    if (found !== null) return found;
  }
  const fraction = pick(line, FRACTION, (match) => fractionOf(match));
  if (fraction !== null) return fraction;
  return pick(line, PERCENT, ([, written = '']) => percentOf(written));
}

function pick(
  line: string,
  pattern: RegExp,
  read: (match: RegExpMatchArray) => Count | null,
): LineCount | null {
  const framed: { match: RegExpMatchArray; count: Count }[] = [];
  const bare: { match: RegExpMatchArray; count: Count }[] = [];
  for (const match of line.matchAll(pattern)) {
    const count = read(match);
    if (count === null) continue;
    const [before, after] = aroundOf(line, match);
    if (isFramed(before, after)) framed.push({ match, count });
    else bare.push({ match, count });
  }
  const last = framed.at(-1);
  if (last !== undefined) return { count: last.count, message: without(line, last.match) };
  const [only, second] = bare;
  if (only === undefined || second !== undefined) return null;
  const [before, after] = aroundOf(line, only.match);
  const atEdge = before.trim() === '' || after.trim() === '' || /^[.!:…]+$/.test(after.trim());
  return atEdge ? { count: only.count, message: without(line, only.match) } : null;
}

/** In brackets, or beside a bar. */
function isFramed(before: string, after: string): boolean {
  if (/[[({]\s*$/.test(before) && /^\s*[\])}]/.test(after)) return true;
  return (
    (HAS_BAR.test(before) && /[\]|)>\u2500-\u259f#=]\s*$/.test(before)) ||
    /^\s*[|[<]?[\u2500-\u259f#=>]{2}|^\s*[|[][ #=>.-]{3}/.test(after) ||
    /^\s*\|/.test(after)
  );
}

function aroundOf(line: string, { 0: found, index = 0 }: RegExpMatchArray): [string, string] {
  return [line.slice(0, index), line.slice(index + found.length)];
}

/** The line without the count, its brackets and bars, and what such lines tell of time and speed. */
function without(line: string, match: RegExpMatchArray): string {
  const [before, after] = aroundOf(line, match);
  const rest = `${before.replace(/[[({]\s*$/, '')} ${after.replace(/^\s*[\])}]/, '')}`;
  const words = rest
    .replace(/\[[^[\]]*\]/g, (part) => (/\d\d:\d\d/.test(part) ? ' ' : part))
    .replace(PERCENT, ' ')
    .replace(TENTHS, ' ')
    .replace(new RegExp(BAR, 'g'), (bar) => (HAS_BAR.test(bar) ? ' ' : bar))
    .replace(/\s+/g, ' ')
    .replace(/ ?[,:;|] (?=[,:;|]|$)| (?=[,.;])/g, '')
    .replace(/^[\s:|,;-]+|(?<![\s:|,;-])[\s:|,;-]+$/g, '');
  return /\p{L}/u.test(words) ? words : '';
}

function fractionOf([, first = '', second = '']: RegExpMatchArray): Count | null {
  const [processed, total] = [first, second].map((written) => Number(written.replaceAll(',', '')));
  if (processed === undefined || total === undefined) return null;
  if (!Number.isSafeInteger(processed) || !Number.isSafeInteger(total)) return null;
  return total > 0 && processed <= total ? { processed, total } : null;
}

function percentOf(written: string): Count | null {
  const hundredths = Math.floor(Number(written.replace(',', '.')) * 100 + 1e-6);
  return hundredths <= 10_000 ? { hundredths } : null;
}

/** `  1,238,099  45%  146.38kB/s    0:00:08 (xfr#5, to-chk=169/396)` */
function rsync(line: string): LineCount | null {
  const [, written] = /^\s*[\d,.]+[kKMGT]?\s+(\d{1,3})%\s+[\d.,]+[kKMGT]?B\/s\s/.exec(`${line} `) ?? [];
  return written === undefined ? null : found(percentOf(written));
}

/** ` 45 5000k   45 2250k    0     0  1000k      0  0:00:05  0:00:02  0:00:03 1000k` */
function curlMeter(line: string): LineCount | null {
  const words = line.trim().split(/\s+/);
  const [written = ''] = words;
  return CURL_METER.every((form, n) => form.test(words[n] ?? '')) ? found(percentOf(written)) : null;
}

/** `90it [00:10,  9.00it/s]`: a bar of tqdm's that knows no total. */
function tqdmOpen(line: string): LineCount | null {
  const [, desc = '', written] = /^(?:(.{0,200}): )?(\d{1,16})\S{0,20} \[\d\d:\d\d/.exec(line) ?? [];
  const processed = Number(written);
  if (written === undefined || !Number.isSafeInteger(processed)) return null;
  return { count: { processed, total: null }, message: desc.trim() };
}

/** `━━━━━━━━ 1.2/5.0 MB 3.1 MB/s eta 0:00:02`, `[===>   ]  2.25MB/5MB`: of a size, so a share of it. */
function sizes(line: string): LineCount | null {
  const pattern = /(?<![\d.])([\d.]+)\s?([kKMGT]i?B)?\/([\d.]+)\s?([kKMGT]i?B)(?!\/)/;
  const match = pattern.exec(line);
  if (match === null || !HAS_BAR.test(line.slice(0, match.index))) return null;
  const [, done = '', ownUnit, all = '', unit = ''] = match;
  const share = (Number(done) * bytesOf(ownUnit ?? unit)) / (Number(all) * bytesOf(unit));
  return share <= 1 ? found({ hundredths: Math.floor(share * 10_000) }) : null;
}

/** `frame=  120 fps= 30 q=28.0 size=…`, or `frame=120` of `-progress`: ffmpeg knows no total, and of sound no count. */
function frames(line: string): LineCount | null {
  const [, written] = /^frame=\s*(\d{1,15})(?:\s+fps=.*)?$/.exec(line) ?? [];
  return written === undefined ? null : found({ processed: Number(written), total: null });
}

function bytesOf(unit: string): number {
  const base = unit.includes('i') ? 1_024 : 1_000;
  return base ** ('KMGT'.indexOf(unit.charAt(0).toUpperCase()) + 1);
}

function found(count: Count | null): LineCount | null {
  return count === null ? null : { count, message: '' };
}
