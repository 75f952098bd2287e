const WHOLE = new Intl.NumberFormat();
const SMALL = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 1 });
const SHORT = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });

/** A count with its thousands apart. */
export function count(value: number): string {
  return WHOLE.format(value);
}

/** A number for reading: one digit behind the point at most, but for one that would be 0 by that. */
export function short(value: number): string {
  return (value < 0.1 ? SMALL : SHORT).format(value);
}

/** A percentage that says 100 only where all is done. */
export function percent(value: number): string {
  return `${value < 100 ? Math.min(Math.floor(value * 10) / 10, 99.9) : 100} %`;
}

/** Bytes by the unit in which they are read. */
export function bytes(value: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = Math.min(Math.floor(Math.log2(Math.max(value, 1)) / 10), units.length - 1);
  return `${short(value / 1_024 ** power)} ${units[power]}`;
}
