/** Spans of time, in ms. */
export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
/** The first and the last instant of the years 1 to 9999, in UTC. */
export const FIRST_INSTANT = -62_135_596_800_000;
export const LAST_INSTANT = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/**
 * A day with a time of day, as programs write it: `T`, a space or nothing after the day, any offset or none, and what
 * RFC 9557 writes behind it in brackets, which moves no instant.
 */
const DATE =
  /^(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9})\d*)?)?\s?([Zz]|[+-]\d\d(?::?\d\d(?::?\d\d)?)?)?(?:\[[^[\]]{1,64}\]){0,4})?$/;
/** What .NET's older serializers write, Windows PowerShell's `ConvertTo-Json` among them. The offset moves no instant. */
const NET_DATE = /^\/Date\((-?\d{1,15})(?:[+-]\d{4})?\)\/$/;
/** In a query `+` stands for a space, so the offset of a time that was not encoded begins with one: the last that digits stand behind. */
const LOST_PLUS = /^(.{11,}) (?=\d\d)/;
const EPOCH = /^-?\d{1,14}(?:\.\d{1,9})?$/;
/** What is below is in seconds, and what is below a thousand times as much in milliseconds. */
const SECONDS_BELOW = 1e11;
const MILLISECONDS_BELOW = 1e14;

/**
 * The instant (ms since 1970) that a program has written: RFC 3339, and as it is often written instead (seconds absent,
 * `+0000`, `+00`, a space for the T, lower case, a comma, no offset for UTC, second 60, a day alone, `/Date(ms)/`), or
 * seconds or milliseconds since 1970. Null where it can't be read or lies outside the years 1 to 9999. Source: behaviour §2.
 */
export function readTime(written: string | number): number | null {
  const at = typeof written === 'number' ? fromEpoch(written) : fromText(written.trim());
  return at !== null && at >= FIRST_INSTANT && at <= LAST_INSTANT ? at : null;
}

/** The same in a query, where the plus of an offset may have become a space. */
export function readQueryTime(written: string): number | null {
  return readTime(written.trim().replace(LOST_PLUS, '$1+'));
}

/** Whether what was learned at `at` is still believed at `now`: for less than `life`, and not from before. All in ms. */
export function isFresh(at: number, now: number, life: number): boolean {
  return at <= now && now - at < life;
}

/** The day that was written last, to its T: most times of an answer are of one, and to write a whole date is dear. */
let written = { start: Number.NaN, text: '' };

/** An instant (ms since 1970, whole) in UTC with milliseconds, as `toISOString` writes it. */
export function writeTime(at: number): string {
  if (!(at >= written.start && at < written.start + DAY)) {
    written = { start: Math.floor(at / DAY) * DAY, text: new Date(at).toISOString().slice(0, -13) };
  }
  const milliseconds = at - written.start;
  const seconds = Math.floor(milliseconds / 1_000);
  const minutes = Math.floor(seconds / 60);
  const fraction = milliseconds - seconds * 1_000;
  const time = `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}:${two(seconds % 60)}`;
  return `${written.text}${time}.${fraction < 100 ? '0' : ''}${two(fraction)}Z`;
}

function two(value: number): string {
  return value < 10 ? `0${value}` : `${value}`;
}

function fromText(text: string): number | null {
  if (EPOCH.test(text)) return fromEpoch(Number(text));
  const [, milliseconds] = NET_DATE.exec(text) ?? [];
  if (milliseconds !== undefined) return Number(milliseconds);
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', offset = 'Z'] =
    DATE.exec(text) ?? [];
  if (year === undefined || Number(month) < 1 || Number(month) > 12) return null;
  if (Number(day) < 1 || Number(day) > daysIn(Number(year), Number(month))) return null;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return null;
  const shift = offsetOf(offset);
  if (shift === null) return null;
  const midnight = new Date(0);
  midnight.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  const leap = Number(second) === 60;
  const time = (Number(hour) * 60 + Number(minute)) * 60 + Number(second);
  return midnight.getTime() + time * 1_000 + (leap ? 0 : Number(`${fraction}000`.slice(0, 3))) - shift;
}

function fromEpoch(value: number): number | null {
  const size = Math.abs(value);
  if (!(size < MILLISECONDS_BELOW)) return null;
  return size < SECONDS_BELOW ? Math.round(value * 1_000) : Math.trunc(value);
}

function daysIn(year: number, month: number): number {
  const next = new Date(0);
  next.setUTCFullYear(year, month, 0);
  return next.getUTCDate();
}

/** ms that an offset is ahead of UTC. */
function offsetOf(text: string): number | null {
  if (/^z$/i.test(text)) return 0;
  const hours = Number(text.slice(1, 3));
  const [minutes = 0, seconds = 0] = (text.slice(3).match(/\d\d/g) ?? []).map(Number);
  if (hours > 23 || minutes > 59 || seconds > 59) return null;
  return (text.startsWith('-') ? -1 : 1) * ((hours * 60 + minutes) * 60 + seconds) * 1_000;
}
