import { styleText } from 'node:util';
import { coloursOf, type Tone } from '../../domain/base/palette.ts';

/** What a terminal can show. */
export interface Look {
  /** Colours by their values, by their names, or none. */
  colours: 'values' | 'names' | 'none';
  unicode: boolean;
}

type Environment = Record<string, string | undefined>;

/** Source of the variables: no-color.org, and what terminals say of themselves. */
export function lookOf(environment: Environment, isTerminal: boolean): Look {
  const { NO_COLOR, FORCE_COLOR, TERM = '', COLORTERM = '', LC_ALL, LC_CTYPE, LANG } = environment;
  const locale = LC_ALL || LC_CTYPE || LANG || '';
  const unicode = TERM !== 'linux' && TERM !== 'dumb' && !/^(C|POSIX)$/.test(locale);
  const isForced = FORCE_COLOR !== undefined && FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
  if (NO_COLOR || (!isForced && (!isTerminal || TERM === 'dumb'))) return { colours: 'none', unicode };
  return { colours: /^(truecolor|24bit)$/.test(COLORTERM) ? 'values' : 'names', unicode };
}

/** Where colours go by their names. */
const NAMES = { active: 'blue', good: 'green', warning: 'yellow', bad: 'red', quiet: 'gray' } as const;

/** A text in the colour of a tone: the one that pictures fill their bars with, which reads on light and on dark. */
export function paint({ colours }: Look, tone: Tone, text: string): string {
  if (colours === 'none' || text === '') return text;
  if (colours === 'names') return styleText(NAMES[tone], text, { validateStream: false });
  const [red, green, blue] = bytesOf(coloursOf('dark', tone).fill);
  return `\x1b[38;2;${red};${green};${blue}m${text}\x1b[39m`;
}

export function dim({ colours }: Look, text: string): string {
  return colours === 'none' || text === '' ? text : styleText('dim', text, { validateStream: false });
}

export function bold({ colours }: Look, text: string): string {
  return colours === 'none' || text === '' ? text : styleText('bold', text, { validateStream: false });
}

function bytesOf(colour: string): number[] {
  return [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
}
