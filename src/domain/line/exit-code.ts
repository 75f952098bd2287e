import { cut } from '../base/text';

/** How a program ended, as its exit code says. `of` is what was read, null for a success. */
export interface Exit {
  outcome: 'done' | 'warned' | 'failed';
  of: string | null;
}

/** Characters of an unreadable code that are told. */
const MOST = 100;
const SIGNALS = new Set(
  (
    'HUP INT QUIT ILL TRAP ABRT IOT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG ' +
    'XCPU XFSZ VTALRM PROF WINCH IO POLL PWR SYS EMT INFO LOST'
  ).split(' '),
);

/**
 * Reads an exit code as shells, schedulers and service managers write it: a number, `code:signal`, the name of a signal, a
 * word. Whatever else comes is a failure: a job whose program has ended is never left open. `warned` are the codes of
 * a success with a warning.
 */
export function readExit(code: string, warned: readonly string[] = []): Exit {
  const word = code.trim();
  const [, sign = '', digits] = /^([+-]?)0*([1-9]\d{0,49}|0)$/.exec(word) ?? [];
  const read = digits === undefined ? word : `${sign === '-' && digits !== '0' ? '-' : ''}${digits}`;
  if (read === '0' || /^0+:0+$/.test(word) || word.toLowerCase() === 'success')
    return { outcome: 'done', of: null };
  const outcome = warned.includes(read) ? 'warned' : 'failed';
  return { outcome, of: told(read, digits !== undefined) };
}

/** The codes in a list of them: `3,4`. */
export function readCodes(list: string): string[] {
  return list.split(/[\s,]+/).filter((code) => code !== '');
}

function told(read: string, isNumber: boolean): string {
  if (isNumber || /^\d+:\d+$/.test(read)) return `exit code ${cut(read, MOST)}`;
  const name = read.toUpperCase().replace(/^SIG/, '');
  if (SIGNALS.has(name) || /^RT(?:MIN|MAX)(?:[+-]\d{1,2})?$/.test(name)) return `signal ${name}`;
  return read === '' ? 'no exit code' : `exit code ${JSON.stringify(cut(read, MOST))}`;
}
